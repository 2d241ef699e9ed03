import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Chooses where rows stand: at a stage of the home page, or in one state of the host. */
export function StandsSelect<Stage extends string, State extends string>(props: {
  stages: readonly Stage[];
  states: readonly State[];
  stageWords: (stage: Stage) => string;
  stateWords: (state: State) => string;
  stage: Stage | undefined;
  state: State | undefined;
  onChange: (chosen: { stage: Stage | undefined; state: State | undefined }) => void;
}) {
  const { t } = useTranslation();
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
          items: props.stages.map((one) => ({ value: `stage:${one}`, label: props.stageWords(one) })),
        },
        {
          group: t('payments.state'),
          items: props.states.map((one) => ({
            value: one as string,
            label: props.stateWords(one),
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
