/** How the element looks: its custom properties and parts are its interface; colours follow the page's colour scheme. */
export const styleText = `
:host {
  --_accent: var(--munit-accent, light-dark(#3d4ec2, #9aa8ff));
  --_accent-ink: var(--munit-accent-ink, light-dark(#ffffff, #14161f));
  --_ink: var(--munit-ink, CanvasText);
  --_surface: var(--munit-surface, Canvas);
  --_line: var(--munit-line, color-mix(in srgb, var(--_ink) 45%, var(--_surface)));
  --_radius: var(--munit-radius, 8px);
  --_gap: var(--munit-gap, 8px);
  --_size: var(--munit-size, 256px);
  display: block;
  container-type: inline-size;
  color: var(--_ink);
  line-height: 1.4;
}
:host([hidden]) { display: none; }
*, *::before { box-sizing: border-box; }
[hidden] { display: none !important; }
[part='frame'] { display: flex; flex-direction: column; gap: var(--_gap); }
[part='pictures'] { display: flex; flex-wrap: wrap; align-items: flex-start; gap: var(--_gap); }
[part='input'] { position: relative; width: min(100%, var(--_size)); }
[part='results'] { display: flex; flex-wrap: wrap; gap: var(--_gap); margin: 0; padding: 0; list-style: none; flex: 1 1 0; min-width: min(100%, var(--_size)); }
[part='results'] > li { width: min(100%, var(--_size)); }
canvas {
  display: block;
  width: 100%;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: #fff;
}
canvas[part='sheet'] { cursor: crosshair; touch-action: none; }
[part='placeholder'] {
  display: grid;
  place-items: center;
  width: 100%;
  aspect-ratio: 1;
  padding: 16px;
  border: 1px dashed var(--_line);
  border-radius: var(--_radius);
  text-align: center;
}
[part='input'][data-over='true'] { outline: 3px solid var(--_accent); outline-offset: 2px; border-radius: var(--_radius); }
/* The placeholder of a sheet lies on the paper. */
[part='hint'] { position: absolute; inset: 0; display: grid; place-items: center; padding: 16px; color: #555; text-align: center; pointer-events: none; }
button {
  min-height: 36px;
  padding: 0 12px;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_surface);
  color: var(--_ink);
  font: inherit;
  cursor: pointer;
}
button:hover:not(:disabled) { border-color: var(--_ink); }
button:disabled { opacity: 0.55; cursor: default; }
button[part~='random'] { border-color: var(--_accent); background: var(--_accent); color: var(--_accent-ink); }
button[part~='result'] { display: block; width: 100%; min-height: 0; padding: 0; border: 0; background: none; }
button[part~='result'][aria-pressed='true'] canvas { outline: 3px solid var(--_accent); outline-offset: -1px; }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
[part='controls'] { display: flex; flex-wrap: wrap; align-items: center; gap: var(--_gap); }
[part='sliders'] { flex: 1 0 100%; }
[part='sliders'] > summary { width: fit-content; padding: 6px 0; cursor: pointer; }
[part='sliders'] > div { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 220px), 1fr)); gap: 4px 16px; }
label { display: grid; grid-template-columns: auto 1fr 3.5em; align-items: center; gap: 8px; font-size: 0.875em; }
label > output { text-align: right; font-variant-numeric: tabular-nums; }
input[type='range'] { width: 100%; min-width: 0; height: 28px; margin: 0; accent-color: var(--_accent); touch-action: pan-y; }
[part='status'] { margin: 0; font-size: 0.875em; }
progress { width: min(100%, var(--_size)); accent-color: var(--_accent); }
[part='error'] { display: flex; flex-wrap: wrap; align-items: center; gap: var(--_gap); padding: 8px 12px; border: 1px solid currentcolor; border-radius: var(--_radius); background: var(--_surface); color: light-dark(#a8321f, #ff9c8a); overflow-wrap: anywhere; }
[part='error'] > p { flex: 1 1 200px; margin: 0; }
/* Where there is no room beside each other: two columns, and all of the width for paper. */
@container (max-width: 540px) {
  [part='pictures'] { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  [part='results'] { display: contents; }
  [part='input'], [part='results'] > li { width: auto; }
  [part='input'][data-paper='true'] { grid-column: 1 / -1; width: min(100%, 60vh); justify-self: center; }
}
@media (pointer: coarse) { button:not([part~='result']) { min-height: 44px; } input[type='range'] { height: 40px; } }
@media (forced-colors: active) { button[part~='result'][aria-pressed='true'] canvas { outline-color: Highlight; forced-color-adjust: none; } }
`;
