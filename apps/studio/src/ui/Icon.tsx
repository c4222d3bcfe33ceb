/** Line icons of 24 × 24, drawn for the studio. */
const paths = {
  arrow: 'M5 12h14M13 6l6 6-6 6',
  camera: 'M4 8h3l1.5-2.5h7L17 8h3v11H4zM12 16.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h10.5v10.5H9zM15 9V4.5H4.5V15H9',
  dice: 'M5 5h14v14H5zM9 9h.01M15 9h.01M12 12h.01M9 15h.01M15 15h.01',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14',
  eraser: 'M9 19.5l-4.5-4.5L14 5.5l5.5 5.5-8.5 8.5zM9.5 10l5.5 5.5M9 19.5h10.5',
  compare: 'M4 5h7v14H4zM13 5h7v14h-7z',
  export: 'M12 15V4M7.5 8.5L12 4l4.5 4.5M5 13v6.5h14V13',
  file: 'M6 3.5h8l4 4v13H6zM13.5 4v4.5H18',
  folder: 'M4 7V5.5h5.5l2 2H20V19H4z',
  image: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4L15 13l5 4.5M15.5 9.5h.01',
  keyboard: 'M3.5 7h17v10.5h-17zM7 10.5h.01M10.3 10.5h.01M13.6 10.5h.01M17 10.5h.01M8 14h8',
  language: 'M4 6h9M8.5 4v2M11 6c-.8 4-3.3 6.6-6.5 8M6.2 9c1 2.3 2.8 4 5.3 5M12 20l4-10 4 10M13.4 16.8h5.2',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  lock: 'M6.5 11h11v8.5h-11zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  map: 'M4.5 4.5h15v15h-15zM9.5 4.5v15M14.5 4.5v15M4.5 9.5h15M4.5 14.5h15',
  moon: 'M19 14.5A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.5z',
  pen: 'M4.5 19.5l1-4L16 5l3 3L8.5 18.5zM13.5 7.5l3 3',
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.5l10.5 6.5L8 18.5z',
  plus: 'M12 5v14M5 12h14',
  record: 'M12 17.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11z',
  redo: 'M15.5 6L19 9.5 15.5 13M19 9.5h-8.5a5 5 0 0 0 0 10H15',
  reset: 'M5 11a7 7 0 1 1 2 6M5 5v6h6',
  step: 'M7 6v12l8-6zM17.5 6v12',
  stop: 'M7 7h10v10H7z',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M18.4 5.6l-1.1 1.1M6.7 17.3l-1.1 1.1',
  swap: 'M4 9h14M14 5l4 4-4 4M20 15H6M10 11l-4 4 4 4',
  trash: 'M5 7h14M9.5 7V5h5v2M7 7l.8 12h8.4L17 7M10.3 10.5v5.5M13.7 10.5v5.5',
  undo: 'M8.5 6L5 9.5 8.5 13M5 9.5h8.5a5 5 0 0 1 0 10H9',
  unlock: 'M6.5 11h11v8.5h-11zM8.5 11V8a3.5 3.5 0 0 1 6.8-1.2',
  video: 'M4 6.5h11v11H4zM15 10.5l5-3v9l-5-3z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
