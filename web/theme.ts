// Runs before the page is drawn, so that the chosen theme is there from the first frame.
const chosen = localStorage.getItem('theme');
if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
