import { formatInstant, useLanguage } from '@bivak/screen';

/** An instant in the site's time zone, which is named on hover. */
export function Instant(props: { at: string; withSeconds?: boolean }) {
  const language = useLanguage();
  const zone = document.documentElement.dataset.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <time dateTime={props.at} title={zone} className="figures instant">
      {formatInstant(language, props.at, { withSeconds: props.withSeconds ?? false })}
    </time>
  );
}
