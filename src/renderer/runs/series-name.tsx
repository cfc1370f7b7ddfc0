import { Swatch } from "../ui/swatch.tsx";

/** A service beside the colour that it has in the charts. */
export function SeriesName({ name, index }: { name: string; index: number }) {
  return (
    <span className="row">
      <Swatch index={index} />
      <span className="clip">{name}</span>
    </span>
  );
}
