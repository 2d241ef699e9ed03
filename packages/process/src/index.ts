export { cardDataRedaction, createLogger, type Logger } from './logger.ts';
export { type ProcessContext, type RunningProcess, runProcess } from './run-process.ts';
