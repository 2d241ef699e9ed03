import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Chooses rows by a stage of the home page, or by one state of the host. */
export function StageOrStateSelect<Stage extends string, State extends string>(props: {
  stages: readonly Stage[];
  states: readonly State[];
  stageText: (stage: Stage) => string;
  stateText: (state: State) => string;
  stage: Stage | undefined;
  state: State | undefined;
  onChange: (chosen: { stage: Stage | undefined; state: State | undefined }) => void;
}) {
  const { t } = useTranslation('console');
  const { stage, state } = props;
  const value = stage === undefined ? state : `stage:${stage}`;
  return (
    <Select
      clearable
      aria-label={t('payments.state')}
      placeholder={t('payments.anyState')}
      value={value ?? null}
      data={[
        {
          group: t('payments.byStage'),
          items: props.stages.map((one) => ({ value: `stage:${one}`, label: props.stageText(one) })),
        },
        {
          group: t('payments.state'),
          items: props.states.map((one) => ({
            value: one as string,
            label: props.stateText(one),
          })),
        },
      ]}
      onChange={(chosen) =>
        props.onChange({
          stage: props.stages.find((one) => `stage:${one}` === chosen),
          state: props.states.find((one) => one === chosen),
        })
      }
    />
  );
}
