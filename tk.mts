import * as tf from "@tensorflow/tfjs"; import fs from "fs";
import { createModelLayers } from "./src/models/modelLayers/index.ts";
import { keras, h5 } from "./src/export/keras/keras.ts"; import { runInKeras } from "./src/export/readers/keras.ts";
await tf.setBackend("cpu"); const W=createModelLayers(tf as any); const L=tf.layers;
const models: Record<string,()=>tf.LayersModel>={
 seq:()=>tf.sequential({layers:[L.embedding({inputDim:9,outputDim:4,inputLength:6}),L.bidirectional({layer:L.lstm({units:3,returnSequences:true}) as any}),W.multiHeadAttention({heads:3}),L.timeDistributed({layer:L.dense({units:5})}),L.gru({units:2})]}),
 cnn:()=>tf.sequential({layers:[L.conv2d({filters:4,kernelSize:3,inputShape:[8,8,2],activation:"relu",kernelRegularizer:"l1l2"}),L.batchNormalization(),L.dropout({rate:.3}),L.separableConv2d({filters:3,kernelSize:2}),L.flatten(),L.dense({units:3,activation:"softmax"})]}),
 vit:()=>{const x=tf.input({shape:[4,6]}); let y=W.positionEmbedding().apply(x) as any; const a=W.multiHeadAttention({heads:2,causal:true}).apply(W.rmsNormalization().apply(y) as any) as any; y=L.add().apply([y,a]); y=W.groupNormalization({groups:3}).apply(y); return tf.model({inputs:x,outputs:L.globalAveragePooling1d().apply(y) as any})},
 lm:()=>{const x=tf.input({shape:[5]}); const t=W.tokenEmbedding({vocabulary:9,width:4,positions:8}); const y=L.dense({units:4,activation:"gelu" as any}).apply(t.apply(x)) as any; return tf.model({inputs:x,outputs:t.apply(y) as any})},
 vae:()=>{const x=tf.input({shape:[5]}); const h=L.dense({units:4}).apply(x) as any; const lv=L.dense({units:4}).apply(h) as any; const m=L.dense({units:4}).apply(h) as any; const z=W.gaussianSampling().apply([m,lv]) as any; return tf.model({inputs:x,outputs:L.dense({units:5,activation:"sigmoid"}).apply(z) as any})},
 branches:()=>{const a=tf.input({shape:[5]}),b=tf.input({shape:[5]}); const sh=L.dense({units:4}); const inner=tf.sequential({layers:[L.dense({units:4,inputShape:[4],activation:"relu"}),L.batchNormalization()]}); const e=tf.input({shape:[4]}); const f=tf.model({inputs:e,outputs:L.add().apply([L.dense({units:4}).apply(e) as any,L.dense({units:4,trainable:false}).apply(e) as any]) as any}); const l=inner.apply(sh.apply(a)) as any,r=f.apply(inner.apply(sh.apply(b))) as any; const c=L.concatenate().apply([r,l]) as any; return tf.model({inputs:[a,b],outputs:[f.apply(l) as any, L.dense({units:2}).apply(c) as any]})},
 state:()=>{const x=tf.input({shape:[5,3]}); const [y,h,c]=L.lstm({units:3,returnSequences:true,returnState:true}).apply(x) as any; return tf.model({inputs:x,outputs:(L.lstm({units:3}) as any).apply(y,{initialState:[h,c]})})},
};
const only=process.argv[2];
for(const [name,make] of Object.entries(models)){ if(only&&only!==name) continue; try{
 const model=make(); for(const w of model.weights){ const v=tf.randomNormal(w.shape as any,0,.5); w.write(/variance/.test(w.originalName)?tf.add(tf.abs(v),.3):v); }
 const inputs=model.inputs.map(i=>{const s=[3,...i.shape.slice(1)] as number[]; return name==="seq"||name==="lm"?tf.floor(tf.randomUniform(s,0,9)):tf.randomNormal(s)});
 const want=[model.predict(inputs.length>1?inputs as any:inputs[0])].flat() as tf.Tensor[];
 for(const f of [keras,h5]){ const bytes=[...(await f.encode({tf:tf as any,model,masks:new Map(),metadata:{by:"whittle"}})).values()][0]!; const file=`/tmp/fz/${name}${f.extension}`; fs.writeFileSync(file,bytes);
 try{ const got=await runInKeras(file,inputs.map(t=>({shape:t.shape,values:t.dataSync() as Float32Array})),{python:"/tmp/kv/bin/python"}); console.log(name,f.name,got.outputs.map((o,i)=>Math.max(...[...want[i]!.dataSync()].map((v,k)=>Math.abs(v-o.values[k]!))))); }catch(e:any){ console.log(name,f.name,e.message.slice(0,400)) } }
 }catch(e:any){console.log(name,e.stack.slice(0,600))} }
