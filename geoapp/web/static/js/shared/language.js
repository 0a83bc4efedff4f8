/** The other language shows the same view: its links take along what the address holds when they are followed. */
export function keepView() {
  for (const link of document.querySelectorAll('[data-lang]')) {
    link.addEventListener('click', () => {
      const query = new URLSearchParams(location.search);
      query.set('lang', link.dataset.lang);
      link.href = `?${query}${location.hash}`;
    });
  }
}
