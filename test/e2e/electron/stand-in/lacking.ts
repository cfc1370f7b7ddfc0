/** Names that the language itself asks for, and that mean nothing when they are missing. */
const askedByTheLanguage = new Set(["then", "toJSON", "constructor", "$$typeof", "nodeType", "__esModule"]);

/** The piece of Electron that the stand-in has; whatever else is asked for throws instead of being undefined. */
export function only<T extends object>(name: string, piece: T): T {
  return new Proxy(piece, {
    get(target, key, receiver) {
      if (typeof key === "string" && !(key in target) && !askedByTheLanguage.has(key)) {
        throw new Error(`The stand-in has no ${name}.${key}. Add it there, or try it in a real Electron only.`);
      }
      const value: unknown = Reflect.get(target, key, receiver === target ? receiver : target);
      return typeof value === "function" && !isClass(value) ? value.bind(target) : value;
    },
  });
}

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith("class");
}
