import type { hostApi } from '@bivak/contracts';
import { stages } from './stages.ts';

/** All the money in one bar: widths are sums. What it shows stands in words beneath it. */
export function StackedBar({ money }: { money: hostApi.Money }) {
  return (
    <div className="stacked-bar" aria-hidden>
      {stages
        .filter(({ key }) => money[key].sumMinor > 0)
        .map(({ key }) => (
          <span key={key} className={`part ${key}`} style={{ flexGrow: money[key].sumMinor }} />
        ))}
    </div>
  );
}
