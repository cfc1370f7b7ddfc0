interface DataTableProps {
  caption: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** The figures behind a chart as a table: closed until somebody asks, and there for a screen reader. */
export function DataTable({ caption, columns, rows }: DataTableProps) {
  return (
    <details className="figures">
      <summary className="caption">{caption}</summary>
      <div className="chart-data">
        <table className="table">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} className="num">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row[0]}>
                {row.map((cell, index) => (
                  <td key={columns[index]} className="num">
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
