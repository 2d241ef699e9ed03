import { useRenderer } from '@bivak/screen';

/** An instant in the site's time zone, which is named on hover. */
export function Instant(props: { at: string; withSeconds?: boolean }) {
  const renderer = useRenderer();
  const zone = document.documentElement.dataset.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <time dateTime={props.at} title={zone} className="figures instant">
      {renderer.instant(props.at, { withSeconds: props.withSeconds ?? false })}
    </time>
  );
}
