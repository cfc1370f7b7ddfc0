import { BrandMark } from "../ui/brand-mark.tsx";

/** What a browser sees whose link was used before or is too old. */
export function RefusedPage() {
  return (
    <main className="refused">
      <BrandMark size={36} />
      <h1>This browser is not let in</h1>
      <p>
        This link was used or is too old. Start <code>bayplan serve</code> again and open the new address.
      </p>
    </main>
  );
}
