/** Files as text, as Vite gives them to tests in a page. */
declare module '*?raw' {
  const text: string;
  export default text;
}
