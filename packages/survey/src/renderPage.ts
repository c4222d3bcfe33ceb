/** The page of a survey, as one HTML document beside its folder of images. */
import { clientScript, clientStyle } from './generated/client.js';
import type { SurveyPage } from './types.js';

/** Only what the page brings along, its images, and the address that the answers go to. */
function policyOf(post: string | undefined): string {
  const connect = post === undefined ? "'none'" : new URL(post).origin;
  return `default-src 'none'; img-src 'self' data: file:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src ${connect}; base-uri 'none'; form-action 'none'`;
}

/**
 * The page that asks. It holds its script, style sheet and questions; images lie where the questions say, relative to it. It works from
 * `file://` and from any static host.
 */
export function renderSurveyPage(page: SurveyPage): string {
  // Nothing in the data can end the element that holds them.
  const data = JSON.stringify(page).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policyOf(page.post)}">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>Survey</title>
<style>${clientStyle}</style>
</head>
<body>
<main id="survey"><noscript><p>This survey needs JavaScript.</p></noscript></main>
<script type="application/json" id="survey-data">${data}</script>
<script>${clientScript}</script>
</body>
</html>
`;
}
