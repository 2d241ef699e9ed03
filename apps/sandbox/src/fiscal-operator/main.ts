import { runProcess } from '@bivak/process';
import { operatorConfig, startOperator } from './operator-server.ts';

await runProcess('fiscal-operator', operatorConfig, startOperator);
