/** The page's style sheet. */
export const style = `
:root{color-scheme:light dark;--ink:#1d2329;--soft:#5d6772;--line:#d8dde3;--back:#fff;--panel:#f5f7f9;--s0:#2266cc;--s1:#d9822b;--warn:#8a5300;--warnback:#fff4dc}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#9aa4ae;--line:#39424c;--back:#14181c;--panel:#1c2127;--s0:#6ea8ff;--s1:#f0a95a;--warn:#f2c879;--warnback:#332812}}
*{box-sizing:border-box}body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:64rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back)}
h1{font-size:1.5rem;margin:0 0 .25rem;overflow-wrap:anywhere}h2{font-size:1.25rem;margin:2.5rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}h3{font-size:1rem;margin:1.5rem 0 .25rem}
p{margin:.25rem 0}.soft,figcaption,.legend{color:var(--soft);font-size:.875rem}
nav{display:flex;flex-wrap:wrap;gap:.5rem 1rem;margin:1rem 0}a{color:var(--s0)}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(15.5rem,1fr));gap:.75rem;margin:1rem 0}
.figure{background:var(--panel);border-radius:.5rem;padding:.75rem 1rem}.figure .name{font-size:.8125rem;color:var(--soft);overflow-wrap:anywhere}
.figure .value{font-size:1.5rem;font-variant-numeric:tabular-nums}.figure .value small{font-size:.8125rem;color:var(--soft)}.figure p{font-size:.8125rem}
.warning{color:var(--warn);background:var(--warnback);border-radius:.25rem;padding:.25rem .5rem;font-size:.8125rem}
.row{margin:.75rem 0}.row>span{font-size:.8125rem;color:var(--soft);overflow-wrap:anywhere}.cells{display:flex;gap:.375rem;overflow-x:auto;padding:.25rem 0}
.cell{margin:0;flex:none;text-align:center;max-width:8rem}.cell img{display:block;width:5rem;height:auto;image-rendering:pixelated;border-radius:.25rem;background:var(--panel)}.cell figcaption{font-size:.6875rem;max-width:5rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
svg{display:block;width:100%;max-width:40rem;height:auto}svg text{font-size:11px;fill:var(--soft)}
/* Charts shrink with the page, and their text with them. */
@media (max-width:36rem){svg text{font-size:16px}svg text.class{font-size:13px}}
.grid{stroke:var(--line);stroke-width:1}
.line{fill:none;stroke-width:2}.line.s0{stroke:var(--s0)}.line.s1{stroke:var(--s1)}.bar.s0{fill:var(--s0)}.bar.s1{fill:var(--s1)}
.key{display:inline-block;width:.75rem;height:.75rem;border-radius:.125rem;margin:0 .25rem 0 .5rem;vertical-align:-.0625rem}.key.s0{background:var(--s0)}.key.s1{background:var(--s1)}
table{border-collapse:collapse;font-size:.875rem}td,th{text-align:left;padding:.25rem .75rem .25rem 0;vertical-align:top;overflow-wrap:anywhere}th{color:var(--soft);font-weight:400;min-width:7rem}
`;
