import { runProcess } from '@bivak/process';
import { issuersConfig, startIssuers } from './issuers-server.ts';

await runProcess('issuers', issuersConfig, startIssuers);
