export { Problem, problemTitles } from './problem.ts';
export { type ApiServer, createApiServer, listen } from './server.ts';
