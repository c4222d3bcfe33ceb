/** Die Ansicht „Übersetzen“. */
import type { Words } from '../types.js';

export const stage: Words['stage'] = {
  region: 'Übersetzung',
  again: 'Noch einmal übersetzen',
  compare: 'Art des Vergleichs',
  side: 'Nebeneinander',
  slider: 'Schieber',
  save: 'Speichern …',
  copyLink: 'Link kopieren',
  translating: 'Wird übersetzt',
  stop: 'Übersetzung anhalten',
  perStyle: (time) => `${time} / Stil`,
  perImage: (time) => `${time} / Bild`,
  first: 'Das erste Bild wird übersetzt',
  beforeOf: (name) => `${name}, vorher`,
  translated: 'Übersetzung',
  before: 'vorher',
  after: 'nachher',
  divider: 'Trennlinie zwischen vorher und nachher',
  dividerAt: (percent) => `${percent} % vorher`,
  noStyles: 'Dieses Modell liefert ein Ergebnis je Bild: Es hat keine Stile.',
};

export const intro: Words['intro'] = {
  region: 'Worum es geht',
  text: '**Aus einem Bild werden viele.** Ein Modell behält, was ein Bild zeigt, und ändert, wie es aussieht. Wie es aussieht, ist sein *Stil*: zufällig gezogen, mit Reglern eingestellt oder einem anderen Bild entnommen.',
  textWith: (count) => `**Aus einem Bild werden viele.** Ein Modell behält, was ein Bild zeigt, und ändert, wie es aussieht. Wie es aussieht, ist sein *Stil*: ${count} Zahlen, zufällig gezogen, mit Reglern eingestellt oder einem anderen Bild entnommen.`,
  knows: (model, kind) => `„${model}“, das geladene Modell, kennt ${kind}: Zeichnen Sie welche.`,
  paper: 'Zum Artikel',
  close: 'Diese Einführung schließen',
};

export const style: Words['style'] = {
  title: 'Stil',
  map: 'Karte',
  mapTitle: 'Die Stile auf einer Ebene',
  reset: 'Zurücksetzen',
  random: 'Zufall',
  slider: (number) => `s${number}`,
  what: 'was er ändert',
  nameOf: (slider) => `Name von ${slider}`,
  lock: (slider) => `${slider} sperren`,
  naming: 'Bewegen Sie einen Regler, um zu sehen, was er ändert, und schreiben Sie es auf. Namen bleiben in diesem Browser.',
  locked: 'Gesperrte Zahlen bleiben, wie sie sind, wenn Stile gezogen oder zurückgesetzt werden.',
  name: 'Benennen',
  nameThem: 'Regler benennen',
  named: 'Fertig mit den Namen',
};

export const map: Words['map'] = {
  making: 'Die Karte wird gezeichnet …',
  place: 'Ort auf der Karte der Stile: Pfeiltasten in vier Richtungen',
  at: (across, up) => `${across} nach rechts, ${up} nach oben`,
  ofExamples: 'Die zwei Richtungen, in denen sich die Stile der Beispiele am meisten unterscheiden; ein Punkt ist ein Beispiel.',
  ofRandom: (count) => `Die zwei Richtungen, in denen sich ${count} Zufallsstile am meisten unterscheiden.`,
  drag: 'Ziehen Sie den Punkt, oder verwenden Sie die Pfeiltasten.',
};

export const example: Words['example'] = {
  title: 'Stil eines Bildes',
  pick: 'Bild wählen, dessen Stil übernommen wird',
  drop: 'Bild ablegen, dessen Stil übernommen wird',
  list: 'Bilder, deren Stil übernommen werden kann',
  choose: (kind) => `Wählen Sie eines der Art „${kind}“, oder legen Sie es ab: Sein Stil wird übernommen.`,
};

export const variations: Words['variations'] = {
  title: 'Zufallsstile',
  done: (done, all) => `${done} von ${all}`,
  stop: 'Raster anhalten',
  blank: 'Hier erscheint Ihre Zeichnung in zwölf Stilen.',
  list: 'Zufallsstile: einen zum Behalten wählen',
  style: (number) => `Stil ${number}`,
};

export const save: Words['save'] = {
  title: 'Bild speichern',
  what: 'Was gespeichert wird',
  translation: 'Die Übersetzung',
  both: 'Vorher und nachher',
  asMade: (width, height) => `${width} × ${height}, wie vom Modell erzeugt`,
  enlarged: (width, height) => `${width} × ${height}, vergrößert`,
  smooth: 'Vergrößern glättet das Bild; Einzelheiten kommen nicht hinzu. Für mehr Einzelheiten wählen Sie unter „Bild“ eine größere Größe oder ein Modell, das bei einer solchen trainiert wurde.',
  png: 'Jedes Pixel, wie es ist.',
  webp: 'Kleiner, mit geringen Verlusten.',
  jpeg: 'Kleiner, mit geringen Verlusten; lässt sich überall öffnen.',
  copy: 'Bild kopieren',
  copied: 'Das Bild ist in der Zwischenablage.',
  notCopied: 'Dieser Browser lässt die Seite keine Bilder in die Zwischenablage schreiben: Speichern Sie stattdessen eine Datei.',
  cannotWrite: (format) => `Dieser Browser kann kein ${format} schreiben: Wählen Sie PNG.`,
};
