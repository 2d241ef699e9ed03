import { runProcess } from '@bivak/process';
import { readerConfig, startReader } from './reader-server.ts';

await runProcess('reader', readerConfig, startReader);
