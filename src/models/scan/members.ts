/** What a class or an object at the top of a file has: functions and values by their names, and the constructor. */
import type { ClassBody, Node, ObjectExpression } from "@babel/types";
import { propertyName, requiredParameters } from "./syntax.ts";

export interface Member {
  /** None for the constructor. */
  readonly name: string | undefined;
  readonly node: Node;
  /** The whole of it, its name included. */
  readonly place: Node;
  /** An object has to be made first. */
  readonly isOfInstance?: true;
}

export const isConstructor = ({ name }: Member): boolean => name === undefined;

/** Members of its objects are left out where the constructor wants to be given something. */
export function membersOfClass({ body }: ClassBody): readonly Member[] {
  const needsMore = body.some(
    (each) => each.type === "ClassMethod" && each.kind === "constructor" && requiredParameters(each) > 0,
  );
  return body.flatMap((place): Member[] => {
    if (place.type === "ClassMethod" && place.kind === "constructor") return [{ name: undefined, node: place, place }];
    const isMethod = place.type === "ClassMethod" && place.kind === "method";
    const node = isMethod ? place : place.type === "ClassProperty" ? place.value : undefined;
    if (!node || (place.type !== "ClassMethod" && place.type !== "ClassProperty")) return [];
    const name = propertyName(place.key);
    if (name === undefined || (!place.static && needsMore)) return [];
    return [{ name, node, place, ...(place.static ? {} : { isOfInstance: true }) }];
  });
}

export function membersOfObject({ properties }: ObjectExpression): readonly Member[] {
  return properties.flatMap((place): Member[] => {
    if (place.type === "SpreadElement" || place.computed) return [];
    const name = propertyName(place.key);
    if (name === undefined || (place.type === "ObjectMethod" && place.kind !== "method")) return [];
    return [{ name, node: place.type === "ObjectMethod" ? place : place.value, place }];
  });
}
