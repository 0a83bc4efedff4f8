import { now as serverNow } from '../shared/clock.js';
import { DONE, isOpen, isOverdue } from '../shared/deadline.js';

/**
 * Whether a complaint that has just come in belongs into the list under these filters. Words are
 * never matched here: the server knows how, and the next load asks it.
 */
export function accepts(filters, complaint, areas, now = serverNow()) {
  const { group, status, kelurahan, kecamatan, bbox, q, service, agency } = filters;
  if (q) return false;
  if (group.length && !group.includes(complaint.group)) return false;
  if (service && service !== complaint.service) return false;
  if (agency && agency !== complaint.agency?.code) return false;
  if (kelurahan.length && !kelurahan.includes(complaint.kelurahan?.code)) return false;
  if (kecamatan && areas.find(complaint.kelurahan?.code)?.parent !== kecamatan) return false;
  if (bbox) {
    const [w, s, e, n] = bbox.split(',').map(Number);
    if (!(complaint.lon >= w && complaint.lon <= e && complaint.lat >= s && complaint.lat <= n)) return false;
  }
  if (!status || status === 'open') return isOpen(complaint.status);
  if (status === 'all') return true;
  if (status === 'done') return DONE.includes(complaint.status);
  if (status === 'overdue') return isOverdue(complaint.status, complaint.due_at, now);
  return status.split(',').includes(complaint.status);
}

/** Call *run* once, *wait* ms after the last request; where they never cease, *most* ms after the first. */
export function debounce(run, wait, most = Infinity) {
  let timer = null;
  let first = 0;
  return () => {
    const now = Date.now();
    if (timer === null) first = now;
    clearTimeout(timer);
    timer = setTimeout(() => { timer = null; run(); }, Math.max(0, Math.min(wait, first + most - now)));
  };
}

/** Call *run* once, *wait* ms after the first request: a stream of them doesn't put it off. */
export function gather(run, wait) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => { timer = null; run(); }, wait);
  };
}

/** A loader that fetches once; after a failure it answers *fallback* and tries again next time. */
export function once(load, fallback) {
  let promise = null;
  return () => {
    promise ??= load().catch(() => { promise = null; return fallback; });
    return promise;
  };
}
