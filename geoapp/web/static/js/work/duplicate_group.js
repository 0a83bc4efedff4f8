import { config, groupOf, localName } from '../shared/config.js';
import { deadlineBadge, statusSign } from '../shared/deadline.js';
import { el, groupGlyph, icon } from '../shared/dom.js';
import { ago, distance, duration, moment, number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { pictures } from '../shared/pictures.js';

/** What names a group, whoever leads it. */
export const keyOf = (tickets) => [...tickets].sort().join('+');

/**
 * A group as somebody sees it who may have chosen another to lead.
 *
 * @param {{lead: object, others: object[]}} group of the server
 * @param {string} [chosen] the ticket that shall lead
 */
export function arranged(group, chosen) {
  const all = [group.lead, ...group.others];
  const lead = all.find((one) => one.ticket === chosen) ?? group.lead;
  return { key: keyOf(all.map((one) => one.ticket)), lead, others: all.filter((one) => one !== lead), proposed: lead === group.lead };
}

/** How like the proposed lead: "12 m · selang 3 jam · 64% kata sama". */
function likeness({ distance_m: metres, hours, words, same_service: same }) {
  return [
    metres < 1 ? t('dup_same_place') : t('dup_away', { distance: distance(metres) }),
    t('dup_apart', { time: duration(hours * 3600e3) }),
    t('dup_words', { share: number(100 * words) }),
    same ? null : t('dup_other_service'),
  ].filter(Boolean).join(' · ');
}

function complaint(one, told, acts) {
  const group = groupOf(one.group);
  return el(`section.dup-one${acts.lead ? '.lead' : ''}`, { 'aria-label': one.ticket, dataset: { ticket: one.ticket } },
    el('div.dup-role', {}, acts.lead ? [el('b', {}, icon('i-check'), t('dup_lead')), el('span', {}, t('dup_lead_why'))] : el('span', {}, told)),
    pictures(one.photos?.filter((photo) => !photo.hidden), one.ticket) ?? el('div.dup-blank', {}, groupGlyph(group), el('span', {}, t('dup_no_photo'))),
    el('div.dup-body', {},
      el('h3', {}, localName(one.service_name), ' ', el('a.nowrap', { href: `${config.base}/case/${encodeURIComponent(one.ticket)}` }, one.ticket)),
      el('p.dup-badges', {}, statusSign(one.status), deadlineBadge(one.status, one.due_at),
        one.confidential ? el('span.tag', {}, icon('i-lock'), t('confidential')) : null, one.simulated ? el('span.tag.sim', {}, t('simulated')) : null),
      el('p.dup-words', { dir: 'auto' }, one.description ?? ''),
      one.landmark ? el('p.muted', { dir: 'auto' }, one.landmark) : null,
      el('p.dup-meta', {}, [
        el('time.nowrap', { datetime: one.submitted_at, title: moment(one.submitted_at) }, ago(one.submitted_at)),
        one.kelurahan ? ` · ${t('kelurahan_short', { name: one.kelurahan.name })}` : null,
        one.agency ? ` · ${localName(one.agency.name)}` : null]),
      one.supporters ? el('p.dup-backed', {}, icon('i-people'), t('dup_supporters', { n: number(one.supporters) })) : null),
    el('div.dup-acts', {}, acts.buttons));
}

/**
 * Draw one group.
 *
 * @param {{key: string, lead: object, others: object[]}} group of `arranged`
 * @param {{merge: (group, tickets: string[]) => void, part: (group, ticket: string) => void, lead: (group, ticket: string) => void}} on
 */
export function drawGroup(group, on) {
  const { lead, others } = group;
  const button = (act, ticket, words, run, style = '') => el(`button.btn${style}`, { type: 'button', dataset: { act: `${act} ${ticket}` }, onclick: run }, words);
  const all = others.map((one) => one.ticket);
  const away = (one) => (one.to_lead ?? lead.to_lead); // seen from either end it's the same
  return el('article.dup', { tabindex: '-1', dataset: { key: group.key }, 'aria-label': t('dup_group', { tickets: [lead.ticket, ...all].join(', ') }) },
    el('div.dup-side', { dataset: { n: others.length + 1 } },
      complaint(lead, null, { lead: true, buttons: others.length > 1 ? [button('all', lead.ticket, t('dup_merge_all', { n: others.length, ticket: lead.ticket }), () => on.merge(group, all), '.primary')] : null }),
      others.map((one) => complaint(one, group.proposed || others.length === 1 ? likeness(away(one)) : '', { buttons: [
        button('merge', one.ticket, t('dup_merge', { ticket: lead.ticket }), () => on.merge(group, [one.ticket]), others.length > 1 ? '' : '.primary'),
        button('part', one.ticket, t('dup_different'), () => on.part(group, one.ticket)),
        button('lead', one.ticket, t('dup_make_lead'), () => on.lead(group, one.ticket), '.quiet'),
      ] }))),
    el('p.dup-told', { role: 'alert' }));
}
