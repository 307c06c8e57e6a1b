// Sets the colours before the first paint; a file of its own because the policy refuses inline scripts.
(function () {
  let wish = null;
  try {
    wish = localStorage.getItem('plinth.theme');
  } catch {
    // Storage may be forbidden: then the system's wish counts.
  }
  const dark = wish === 'dark' || (wish !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();
