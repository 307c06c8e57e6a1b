document.title = 'Simulator';
