import { runProcess } from '@bivak/process';
import { smsCentreConfig, startSmsCentre } from './sms-centre-server.ts';

await runProcess('sms-centre', smsCentreConfig, startSmsCentre);
