export { connectDrive } from './drive-register.ts';
export * from './port.ts';
