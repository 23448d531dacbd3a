/** What Whittle uses of the messages that tfjs-node generated from TensorFlow's definitions; it has no types of its own. */
declare module "@tensorflow/tfjs-node/dist/proto/api_pb.js" {
  namespace messages {
    class TensorShape {
      setDimList(dims: TensorShape.Dim[]): void;
    }
    namespace TensorShape {
      class Dim {
        setSize(size: number): void;
      }
    }
    class Tensor {
      setDtype(type: number): void;
      setTensorShape(shape: TensorShape): void;
      setTensorContent(bytes: Uint8Array): void;
    }
    class AttrValue {
      setType(type: number): void;
      setI(value: number): void;
      setF(value: number): void;
      setB(value: boolean): void;
      setS(bytes: Uint8Array): void;
      setShape(shape: TensorShape): void;
      setTensor(tensor: Tensor): void;
      setList(list: AttrValue.ListValue): void;
    }
    namespace AttrValue {
      class ListValue {
        setTypeList(types: number[]): void;
        setIList(values: number[]): void;
        setFList(values: number[]): void;
      }
    }
    class NodeDef {
      setName(name: string): void;
      setOp(op: string): void;
      setInputList(inputs: string[]): void;
      getAttrMap(): { set(name: string, value: AttrValue): void };
    }
    class VersionDef {
      setProducer(version: number): void;
    }
    class GraphDef {
      setNodeList(nodes: NodeDef[]): void;
      setVersions(versions: VersionDef): void;
    }
    class MetaGraphDef {
      setMetaInfoDef(info: MetaGraphDef.MetaInfoDef): void;
      setGraphDef(graph: GraphDef): void;
    }
    namespace MetaGraphDef {
      class MetaInfoDef {
        setTagsList(tags: string[]): void;
      }
    }
    class SavedModel {
      setSavedModelSchemaVersion(version: number): void;
      setMetaGraphsList(graphs: MetaGraphDef[]): void;
      serializeBinary(): Uint8Array;
    }
  }
  export default messages;
}
