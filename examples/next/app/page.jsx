import { Translation } from './Translation.jsx';

export default function Page() {
  return (
    <main>
      <h1>A drawing, in four styles</h1>
      <Translation model="/model/" image="/drawing.png" />
    </main>
  );
}
