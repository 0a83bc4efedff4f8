import { config } from '../shared/config.js';

/** What the server says of the viewer and of the steps: see geoapp/web/work/queue.py. */
export const work = () => config.work ?? { steps: {}, agencies: [], me: null };

/** Whether the viewer may take *step* with a complaint in *status*; the server has the last word. */
export function mayStep(step, status, steps = work().steps) {
  return steps[step]?.sources.includes(status) ?? false;
}

/** Steps that make sense for many at once: what differs from case to case is done in the case. */
export const BULK = ['verify', 'assign', 'give', 'start', 'hold', 'resume', 'answer', 'note', 'hand_over', 'reject', 'out_of_authority', 'close'];

/**
 * The steps possible for every one of *complaints*, in the order in which they are offered.
 *
 * @param {Array<{status: string}>} complaints
 */
export function stepsForAll(complaints, steps = work().steps) {
  if (!complaints.length) return [];
  return BULK.filter((step) => complaints.every(({ status }) => mayStep(step, status, steps)));
}

/** Letters and figures alone, as the server compares an answer with a template: blanks and case aside. */
export const bare = (text) => (text ?? '').normalize('NFC').replace(/\s+/gu, ' ').trim().toLowerCase();

/** The template whose words are *text* and nothing else, or undefined. */
export const sameAsTemplate = (text, templates) => (bare(text) ? templates.find((template) => bare(template.body) === bare(text)) : undefined);

/** Which duty tab asks for which complaints; the names are those of the address. */
export const DUTIES = {
  verify: { status: 'submitted,reopened' },
  answer: { status: 'verified,assigned' },
  progress: { status: 'in_progress' },
  hold: { status: 'on_hold' },
  offered: { status: 'open', authority: 'offered' },
  done: { status: 'resolved' },
  open: { status: 'open' },
  all: { status: 'all' },
};

/** The duty tabs of the viewer: offers to other authorities only for those who decide on them. */
export const dutyNames = () => Object.keys(DUTIES).filter((name) => name !== 'offered' || work().offers);

/** Where *role*s begin: triage with what is new, an agency with what waits for it, others with all that is open. */
export function firstDuty(steps = work().steps) {
  if (steps.verify) return 'verify';
  return steps.answer ? 'answer' : 'open';
}
