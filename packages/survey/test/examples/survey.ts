import { analyzeSurvey, formatResults } from '@munit/survey';
import { readSurveyAnswers, readSurveyKey, writeSurvey } from '@munit/survey/node';

// Two folders of translations of the images in inputs/, matched by name.
const survey = await writeSurvey({
  inputs: 'inputs',
  methods: [
    { name: 'munit', folder: 'out/munit' },
    { name: 'cyclegan', folder: 'out/cyclegan' },
  ],
  out: 'study',
  preset: 'quick', // 50 questions, 3 workers each; 'paper': 500 and 5
  size: { questions: 8 },
});
console.debug(survey.comparisons, 'comparisons for', survey.seats, 'workers');

// Later, with the files that the page has saved:
const results = analyzeSurvey(await readSurveyKey('study.key.json'), await readSurveyAnswers(['answers']));
for (const { methods, preferred } of results.pairs) console.debug(methods.join(' over '), preferred.value, preferred.interval);
console.debug(formatResults(results));
