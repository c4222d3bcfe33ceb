import { Fragment } from 'preact';

export interface MarkedProps {
  /** A text of a table, with `**strong**`, `*emphasised*` and code in backticks. */
  readonly text: string;
}

/** A text of a table with its marks: nothing that users or addresses say goes through here. */
export function Marked({ text }: MarkedProps) {
  const pieces = text.split(/(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`)/);
  return (
    <>
      {pieces.map((piece, i) => {
        if (piece.startsWith('**')) return <strong key={i}>{piece.slice(2, -2)}</strong>;
        if (piece.startsWith('*')) return <em key={i}>{piece.slice(1, -1)}</em>;
        return piece.startsWith('`') ? <code key={i}>{piece.slice(1, -1)}</code> : <Fragment key={i}>{piece}</Fragment>;
      })}
    </>
  );
}
