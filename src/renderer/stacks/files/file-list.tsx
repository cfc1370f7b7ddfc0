import { FileCode, FileQuestionMark, Folder } from "lucide-react";
import type { Finding, StackFile } from "../../../shared/domain/index.ts";
import { Icon } from "../../ui/icon.tsx";
import { severityLooks } from "../../ui/severity-looks.ts";
import { fileTree, foundByFile } from "./file-tree.ts";
import { roleWord } from "./role-words.ts";

interface FileListProps {
  files: readonly StackFile[];
  /** The folder of the stack. */
  root: string;
  findings: readonly Finding[];
  /** The path of the file that is shown. */
  shown: string;
  onShow: (path: string) => void;
}

/** Every file that was read for the stack, with what it is for and how much was found in it. */
export function FileList({ files, root, findings, shown, onShow }: FileListProps) {
  const found = foundByFile(findings);
  return (
    <nav className="file-list" aria-label="Files of the stack">
      <ul>
        {fileTree(files, root).map((row) => {
          const indent = { paddingLeft: `${12 + row.depth * 14}px` };
          if (row.kind === "folder") {
            return (
              <li key={`folder ${row.path}`} className="folder" style={indent} title={row.path}>
                <Icon of={Folder} size={14} />
                <span className="clip">{row.name}</span>
              </li>
            );
          }
          const { file } = row;
          const own = found.get(file.path);
          const look = own === undefined ? null : severityLooks[own.worst];
          return (
            <li key={file.path}>
              <button
                type="button"
                style={indent}
                title={file.path}
                disabled={file.missing}
                aria-current={file.path === shown ? "true" : undefined}
                onClick={() => onShow(file.path)}
              >
                <Icon of={file.missing ? FileQuestionMark : FileCode} size={14} />
                <span className="names">
                  <span className="clip">{row.name}</span>
                  <span className="role clip">{roleWord(file)}</span>
                </span>
                {own === undefined || look === null ? null : (
                  <span className={`found-count ${look.tone}`}>
                    <Icon of={look.icon} size={12} />
                    {own.count}
                    <span className="unseen"> findings</span>
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
