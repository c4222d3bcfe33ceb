/** The style sheet of the page of results. */
export const style = `
:root{color-scheme:light;--page:#f6f6f3;--panel:#fff;--ink:#1b1c1e;--soft:#5c6066;--line:#d4d4cd;--range:#b9cdef;--accent:#2563c9;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{color-scheme:dark;--page:#101214;--panel:#181b1e;--ink:#e9eaeb;--soft:#a3a9b0;--line:#3a4046;--range:#2f4b7c;--accent:#7db0ff;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0 auto;max-width:56rem;padding:1rem;background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:1.5rem;line-height:1.2;margin:.5rem 0;overflow-wrap:anywhere}h2{font-size:1.125rem;margin:2rem 0 .25rem}p{margin:.25rem 0;max-width:70ch}.soft{color:var(--soft);font-size:.875rem}
ul{list-style:none;margin:.75rem 0;padding:.25rem 1rem;background:var(--panel);border:1px solid var(--line);border-radius:.5rem}
li{display:grid;grid-template-columns:1fr auto;gap:0 1rem;padding:.5rem 0;border-top:1px solid var(--line)}li:first-child{border-top:0}
.label{font-weight:600;overflow-wrap:anywhere}.figure{color:var(--soft);font-size:.875rem;text-align:right}
.track{grid-column:1/-1;position:relative;height:1.25rem;margin:.25rem .5rem 0}.track::before{content:"";position:absolute;inset:50% 0 auto;border-top:1px solid var(--line)}
.track i{position:absolute;top:50%}.range{height:.5rem;margin-top:-.25rem;background:var(--range);border-radius:.25rem}.middle{height:1.25rem;margin:-.625rem 0 0 -.5px;border-left:1px dashed var(--soft)}
.value{width:.75rem;height:.75rem;margin:-.375rem 0 0 -.375rem;border-radius:50%;background:var(--accent);border:2px solid var(--panel)}.dot{width:.375rem;height:.375rem;margin:-.1875rem 0 0 -.1875rem;border-radius:50%;background:var(--accent);opacity:.45}
.ends{display:flex;max-width:none;margin:-.25rem 1.25rem 0;justify-content:space-between;color:var(--soft);font-size:.75rem}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem;background:var(--panel);margin:.75rem 0}table{border-collapse:collapse;font-size:.875rem;width:100%}
th,td{padding:.375rem .75rem;text-align:right;white-space:nowrap;border-top:1px solid var(--line)}thead th{border-top:0;color:var(--soft);font-weight:400}th:first-child{text-align:left}tr.failed th,tr.failed td{color:var(--bad)}
.note{border-left:3px solid var(--bad);padding-left:.75rem}
@media (max-width:30rem){li{grid-template-columns:1fr}.figure{text-align:left}}
`;
