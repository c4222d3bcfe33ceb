/** How far workers agree with each other. */

/** Agreement of workers about the same questions. */
export interface Agreement {
  /** Questions that at least two workers answered. */
  readonly questions: number;
  /** The share of pairs of workers who gave the same answer to a question, over all such pairs. */
  readonly pairwise: number;
  /** Krippendorff's α for nominal data: 1 where all agree, 0 where they agree as often as chance would; undefined where all answers are one. */
  readonly alpha: number | undefined;
}

/**
 * Agreement of answers grouped by question; questions with one answer say nothing and are left out.
 * α = 1 − (n − 1) · Σ_{c≠k} o_ck / Σ_{c≠k} n_c n_k with the coincidences o_ck = Σ_u n_uc n_uk / (m_u − 1)
 * (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability).
 * @returns undefined when no question has two answers
 */
export function agreementOf(answersByQuestion: Iterable<readonly string[]>): Agreement | undefined {
  const totals = new Map<string, number>();
  let [questions, values, same, pairs, disagreement] = [0, 0, 0, 0, 0];
  for (const answers of answersByQuestion) {
    if (answers.length < 2) continue;
    questions++;
    values += answers.length;
    const counts = new Map<string, number>();
    for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
    for (const [answer, count] of counts) {
      totals.set(answer, (totals.get(answer) ?? 0) + count);
      same += count * (count - 1);
      disagreement += (count * (answers.length - count)) / (answers.length - 1);
    }
    pairs += answers.length * (answers.length - 1);
  }
  if (questions === 0) return undefined;
  const expected = [...totals.values()].reduce((sum, count) => sum + count * (values - count), 0);
  return { questions, pairwise: same / pairs, alpha: expected === 0 ? undefined : 1 - ((values - 1) * disagreement) / expected };
}
