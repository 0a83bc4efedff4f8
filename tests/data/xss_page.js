// Put into every page before anything else: says what ran, and what a page is made of and shows.
(() => {
  const tell = (what) => window.tellWatch(what);
  window.hit = (n) => { tell(`ran: ${n}`); };
  document.addEventListener('securitypolicyviolation', (event) => tell(`violation: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));

  // Nothing of ours is made of these; whatever is, a text was read as markup.
  const NEVER = new Set(['iframe', 'frame', 'frameset', 'object', 'embed', 'applet', 'base', 'marquee', 'bgsound', 'portal', 'layer', 'isindex', 'math', 'mi',
    'foreignobject', 'animate', 'set', 'video', 'audio', 'source', 'track', 'image', 'area', 'xml', 'x', 'popover-x', 'xml:namespace', 'import']);
  const ADDRESSES = new Set(['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'poster', 'srcdoc', 'srcset']);
  const SCHEMES = new Set(['http:', 'https:', 'mailto:', 'tel:', 'blob:', 'geo:', 'otpauth:']);

  function wrong(element) {
    const found = [];
    if (NEVER.has(element.localName)) found.push('element');
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on') || name === 'srcdoc') found.push(name);
      if (!ADDRESSES.has(name) || value.startsWith('data:image/')) continue;
      const url = URL.parse(value, document.baseURI);
      if (!url || !SCHEMES.has(url.protocol)) found.push(`${name}=${value}`);
      else if (element.localName !== 'a' && !url.href.startsWith(location.origin) && url.protocol.startsWith('http')) found.push(`${name}=${value}`);
    }
    return found.map((what) => `${element.localName} ${what}`);
  }

  const SPOKEN = ['title', 'aria-label', 'alt', 'placeholder', 'label', 'value', 'aria-description'];
  function words(root) {
    const found = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    let last = null;
    while (walker.nextNode()) {
      const { parentElement: parent, data } = walker.currentNode;
      if (['script', 'style', 'noscript'].includes(parent?.localName)) continue;
      found.push(last === parent ? '' : ' ', data);
      last = parent;
    }
    for (const element of root.querySelectorAll('*')) {
      for (const name of SPOKEN) if (element.hasAttribute(name)) found.push(' ', element.getAttribute(name));
      if (['input', 'textarea'].includes(element.localName)) found.push(' ', element.value);
    }
    return found.join('');
  }

  const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
  async function until(ask, what, ms = 20_000) {
    const end = performance.now() + ms;
    for (;;) {
      const answer = ask();
      if (answer) return answer;
      if (performance.now() > end) throw new Error(`never came: ${what}`);
      await pause(8);
    }
  }

  let changed = performance.now();
  new MutationObserver(() => { changed = performance.now(); }).observe(document, { subtree: true, childList: true, characterData: true });

  /** Open *tickets* one by one by the address, as Back and Forward do. */
  async function visit(tickets, selector, each = () => {}) {
    const seen = [];
    for (const ticket of tickets) {
      history.pushState({}, '', `?open=${ticket}`);
      dispatchEvent(new PopStateEvent('popstate', { state: {} }));
      const node = await until(() => {
        const shown = document.querySelector(selector);
        return shown?.textContent.includes(ticket) && !shown.querySelector('.skeleton') && shown;
      }, `${selector} of ${ticket}`);
      await each(node, ticket);
      seen.push(words(document.querySelector(selector)), words(document.querySelector('dialog') ?? document.createElement('p')));
    }
    return seen.join('\n');
  }

  window.xss = {
    words, until, visit, pause,
    wrong: () => [...document.querySelectorAll('*')].flatMap(wrong),
    still: (quiet = 120) => until(() => document.readyState === 'complete' && performance.now() - changed > quiet && !document.querySelector('.skeleton'), 'rest', 15_000),
    /** Scroll *scroller* until no more rows come. */
    async toTheEnd(scroller, rows) {
      const node = document.querySelector(scroller);
      for (let still = 0, before = -1; still < 60;) {
        node.scrollTop = node.scrollHeight;
        node.dispatchEvent(new Event('scroll'));
        await pause(25);
        const count = document.querySelectorAll(rows).length;
        still = count === before ? still + 1 : 0;
        before = count;
      }
      return document.querySelectorAll(rows).length;
    },
    /** In a case: ask for the contact, saying what for. */
    async contact(node, purpose) {
      const button = node.querySelector('[data-contact-show]');
      if (!button) return;
      button.click();
      const form = await until(() => node.querySelector('.why-form'), 'form');
      form.querySelector('textarea').value = purpose;
      form.requestSubmit();
      await until(() => node.querySelector('.contact-card'), 'contact');
    },
  };
})();
