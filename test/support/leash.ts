/**
 * Loaded before what a test starts as a process of its own: it ends with the process that started it, also where that one was killed
 * and could end nothing itself.
 */
const parent = process.ppid;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
}, 500).unref();
