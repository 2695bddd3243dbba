/** A process that ends as one does whose driver crashes: by a signal, in the middle of its work. */
process.on('message', () => {});
setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
