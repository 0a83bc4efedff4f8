import { groupOf, localName } from '../shared/config.js';
import { el, groupGlyph } from '../shared/dom.js';
import { day, time } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { now } from '../shared/clock.js';

const MOST = 8;
const DAY_MS = 86_400_000;

/** The newest complaints, as many as the column has room for. No words of reporters: a wall is read by all who pass. */
export class Feed {
  /** @param {HTMLElement} list */
  constructor(list) {
    Object.assign(this, { list, rows: [], names: new Map() });
  }

  /** Names of services, as of `/api/v1/services`. */
  know(services) {
    this.names = new Map(services.map((service) => [service.code, service.name]));
  }

  /** Show these GeoJSON features of the list, newest first. */
  set(features) {
    this.rows = features.map(({ properties }) => ({
      ticket: properties.ticket, group: properties.group, name: properties.service_name, kelurahan: properties.kelurahan?.name, at: properties.submitted_at,
    })).slice(0, MOST);
    this.render();
  }

  /** One that has just come in, as the feed tells it. Answers its words. */
  add(complaint) {
    const name = this.names.get(complaint.service) ?? groupOf(complaint.group).name;
    const row = { ticket: complaint.ticket, group: complaint.group, name, kelurahan: complaint.kelurahan?.name, at: complaint.submitted_at };
    this.rows = [row, ...this.rows.filter(({ ticket }) => ticket !== row.ticket)].slice(0, MOST);
    this.render(row.ticket);
    return [localName(name), row.kelurahan].filter(Boolean).join(', ');
  }

  remove(ticket) {
    this.rows = this.rows.filter((row) => row.ticket !== ticket);
    this.render();
  }

  render(fresh = null) {
    this.list.replaceChildren(...this.rows.map((row) => el(`li${row.ticket === fresh ? '.fresh' : ''}`, { dataset: { ticket: row.ticket } },
      groupGlyph(groupOf(row.group)),
      el('b', {}, localName(row.name)),
      el('time', {}, now() - new Date(row.at) < DAY_MS ? time(row.at) : day(row.at)),
      el('span.place', {}, row.kelurahan ? t('kelurahan_short', { name: row.kelurahan }) : groupName(row)))));
    this.fit();
  }

  /** Hide what the column has no room for. */
  fit() {
    const room = this.list.clientHeight;
    for (const row of this.list.children) row.hidden = false;
    for (const row of this.list.children) row.hidden = row.offsetTop + row.offsetHeight > room + 1;
  }
}

/** Its group, for what has no place; nothing where the service says the same. */
function groupName(row) {
  const name = localName(groupOf(row.group).name);
  return name === localName(row.name) ? '' : name;
}
