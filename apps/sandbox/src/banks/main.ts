import { runProcess } from '@bivak/process';
import { bankConfig, startBank } from './bank-server.ts';

await runProcess('bank', bankConfig, startBank);
