import { countText } from "../../shared/format/words.ts";

interface HiddenNeighboursProps {
  count: number;
  shown: boolean;
  onChange: (shown: boolean) => void;
}

/** One quiet line about what is most likely no container host. */
export function HiddenNeighbours({ count, shown, onChange }: HiddenNeighboursProps) {
  if (count === 0) return null;
  return (
    <p className="neighbours">
      {countText(count, "neighbour")} {shown ? "shown" : "hidden"}.{" "}
      <button
        type="button"
        className="link"
        title="Printers, televisions, laptops: machines of this network that are most likely no container hosts"
        onClick={() => onChange(!shown)}
      >
        {shown ? "Hide" : "Show"}
      </button>
    </p>
  );
}
