import { type StackFormat, stackFormatSchema } from "../../shared/domain/index.ts";
import { ChoiceMenu } from "../ui/menu.tsx";
import { formatNames } from "./format-words.ts";

interface FormatPickerProps {
  /** What was chosen; null: as the file looks. */
  from: StackFormat | null;
  /** What the file was read as; null while nothing was read. */
  readAs: StackFormat | null;
  onChange: (from: StackFormat | null) => void;
}

/** What a file is read as: by its content, or what a person says. */
export function FormatPicker({ from, readAs, onChange }: FormatPickerProps) {
  const looks = from === null && readAs !== null ? `As it looks: ${formatNames[readAs]}` : "As it looks";
  const shown = from ?? readAs;
  return (
    <ChoiceMenu
      label={shown === null ? "Read as" : `Read as ${formatNames[shown]}`}
      text={shown === null ? "Format: as it looks" : formatNames[shown]}
      value={from ?? "looks"}
      options={[
        { value: "looks", label: looks },
        ...stackFormatSchema.options.map((format) => ({ value: format, label: formatNames[format] })),
      ]}
      onChange={(value) => onChange(stackFormatSchema.safeParse(value).data ?? null)}
    />
  );
}
