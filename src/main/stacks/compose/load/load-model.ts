import type { StackFileRole } from "../../../../shared/domain/index.ts";
import type { ClearedPath, YamlDocument } from "../document-reader.ts";
import { clearPaths } from "../merge/clear-paths.ts";
import { mergeModels } from "../merge/merge-models.ts";
import { uniqueItems } from "../merge/unique-items.ts";
import { ModelProblem, type Remark } from "../model-problem.ts";
import { describeNode, keyOrPlace, type MapNode, type ModelNode, mapNode } from "../node.ts";
import { composeShape } from "../shape/compose-shape.ts";
import { longForms } from "../short-forms/long-forms.ts";
import type { Lookup } from "../variables/fill-template.ts";
import { fillVariables } from "../variables/fill-variables.ts";
import { withDefaults } from "./defaults.ts";
import { dropEmptyDns } from "./drop-empty-dns.ts";
import { checkExclusiveKeys } from "./exclusive-keys.ts";
import { type ExtendedFile, extendServices } from "./extend-services.ts";
import { fillEnvironment } from "./fill-environment.ts";
import { includeFiles } from "./include-files.ts";
import { resolvePaths } from "./resolve-paths.ts";
import type { SourceFiles } from "./source-files.ts";

export interface ModelFiles {
  /** Absolute paths, a later one over an earlier one. */
  files: readonly string[];
  /** What relative paths start from. */
  folder: string;
  /** The same as an absolute path, for files that are named there. */
  absoluteFolder: string;
  variables: Lookup;
}

/** More files than this include or extend nothing by intent. */
const maxFiles = 500;

/** Loads the model of several files: each is read, filled in, extended, merged and checked, in the order of the reference. */
export class ModelLoader {
  #filesRead = 0;

  constructor(
    readonly sources: SourceFiles,
    readonly remark: Remark,
    /** What `~` stands for. */
    readonly home: string,
  ) {}

  /**
   * The model that the files say together, in long forms with absolute paths (relative ones when the folder is relative).
   * @throws ModelProblem for the first thing that cannot be read, with its place.
   */
  async load(
    input: ModelFiles,
    included: readonly string[] = [],
    namedAt: ModelNode["place"] | null = null,
  ): Promise<MapNode> {
    let model = mapNode([], namedAt ?? { file: input.files[0] ?? "", line: 1, column: 1 });
    for (const file of input.files) {
      for (const document of await this.#documents(file, namedAt, "include")) {
        model = await this.#addDocument(model, file, document, input, included);
      }
    }
    model = withDefaults(model);
    checkExclusiveKeys(model);
    return fillEnvironment(resolvePaths(model, { folder: input.folder, home: this.home }), input.variables);
  }

  async #documents(file: string, place: ModelNode["place"] | null, role: StackFileRole): Promise<YamlDocument[]> {
    this.#filesRead += 1;
    if (this.#filesRead > maxFiles) {
      throw new ModelProblem("compose.too-large", `The stack reads more than ${maxFiles} files.`, place);
    }
    return this.sources.documents(file, place, role);
  }

  async #addDocument(
    before: MapNode,
    file: string,
    document: YamlDocument,
    input: ModelFiles,
    included: readonly string[],
  ): Promise<MapNode> {
    const filled = filledMapping(document, input.variables, this.remark);
    const extended = await extendServices(filled, document.cleared, {
      file,
      folder: input.absoluteFolder,
      home: this.home,
      readFile: (other, place) => this.#extendedFile(other, place, input.variables),
    });
    const base = asMapping(clearPaths(before, document.cleared));
    const complete = await includeFiles(extended, {
      sources: this.sources,
      folder: input.absoluteFolder,
      included: [...included, file],
      variables: input.variables,
      load: (stack, chain) => this.load(stack, chain, stack.place),
    });
    const merged = uniqueItems(mergeModels(base, complete));
    ModelProblem.throwFirst(composeShape(merged, []));
    const entries = new Map(merged.entries);
    if (entries.has("version")) this.#remarkVersion(filled);
    entries.delete("version");
    return uniqueItems(dropEmptyDns(longForms({ ...merged, entries })));
  }

  #remarkVersion(root: MapNode): void {
    const version = root.entries.get("version");
    if (version === undefined) return;
    this.remark({
      rule: "compose.obsolete-key",
      severity: "info",
      message: "`version` has no meaning any more and can be left out.",
      place: keyOrPlace(version),
      hint: null,
    });
  }

  /** A file that a service is extended from: its own `extends` are resolved with the service, its `include` not at all. */
  async #extendedFile(file: string, place: ModelNode["place"], variables: Lookup): Promise<ExtendedFile> {
    let model = mapNode([], place);
    let cleared: readonly ClearedPath[] = [];
    for (const document of await this.#documents(file, place, "extends")) {
      const filled = filledMapping(document, variables, this.remark);
      const base = asMapping(clearPaths(model, document.cleared));
      model = uniqueItems(dropEmptyDns(longForms(uniqueItems(mergeModels(base, filled)))));
      cleared = document.cleared;
    }
    return { model, cleared };
  }
}

function filledMapping({ root }: YamlDocument, variables: Lookup, remark: Remark): MapNode {
  if (root.kind === "map") return asMapping(fillVariables(root, variables, remark));
  const message = `A compose file is a mapping with \`services\`; this one is ${describeNode(root)}.`;
  throw new ModelProblem("compose.wrong-type", message, root.place, "Begin the file with `services:`.");
}

function asMapping(node: ModelNode): MapNode {
  return node.kind === "map" ? node : mapNode([], node.place);
}
