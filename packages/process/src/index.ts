export { cardDataRedaction, createLogger, type Logger } from './logger.ts';
export { withoutProxyOnLoopback } from './loopback.ts';
export { createFile } from './new-file.ts';
export { type ProcessContext, type RunningProcess, runProcess } from './run-process.ts';
