// The ways an office works, as forms: they are the server's own (core/office.h), no script's, so their words live here.
const user = { name: 'user', type: 'user', zh: '人员', en: 'Person', optional: true }
const org = { name: 'org', type: 'org', zh: '或单位', en: 'or organisation', optional: true }
const why = { name: 'why', type: 'text', max: 600, zh: '理由', en: 'Why' }

export const ways = {
  hand_over: { zh: '转办', en: 'Hand over', fields: () => [{ ...user, optional: false, zh: '转给', en: 'To' }, why] },
  release: { zh: '交回岗位', en: 'Give back to the post', fields: () => [{ ...why, optional: true }] },
  ask: {
    zh: '征求意见', en: 'Ask for an opinion',
    fields: () => [user, org, { name: 'question', type: 'text', max: 600, zh: '请对方答复的问题', en: 'The question' }, { name: 'due', type: 'date', zh: '希望何时答复', en: 'Answer by', optional: true }, { name: 'blocks', type: 'bool', zh: '答复之前不能办理', en: 'Nothing is done before the answer', optional: true }],
  },
  countersign: {
    zh: '会签', en: 'Sign together',
    fields: (one, stage) => [
      { name: 'action', type: 'choice', zh: '会签的事项', en: 'What is signed for', choices: one.actions.filter(action => action.stage === stage && action.permitted).map(action => ({ value: action.action, ...action.title })) },
      { name: 'signers', type: 'list', min: 1, zh: '会签人', en: 'Signers', of: { type: 'record', fields: [user, org] } }, { name: 'need', type: 'int', zh: '须多少人同意(不填为全部)', en: 'How many must agree (empty: all)', optional: true }, { ...why, optional: true },
    ],
  },
  send_back: { zh: '退回', en: 'Send back', fields: (one, stage, way) => [...(way.to ? [{ name: 'to', type: 'choice', zh: '退回到', en: 'Back to', choices: way.to.map(to => ({ value: to.stage ?? to, zh: to.zh ?? to.title?.zh ?? one.stages[to.stage ?? to]?.title?.zh, en: to.en ?? to.title?.en ?? one.stages[to.stage ?? to]?.title?.en })) }] : [{ name: 'to', type: 'choice', zh: '退回到', en: 'Back to', choices: Object.entries(one.stages).filter(([, s]) => s.state === 'closed').map(([value, s]) => ({ value, ...s.title })) }]), why] },
  take_back: { zh: '撤回上一步', en: 'Take the last step back', fields: () => [why] },
  urge: { zh: '催办', en: 'Urge', fields: () => [{ name: 'note', type: 'text', max: 600, zh: '附言', en: 'Note', optional: true }] },
  copy: { zh: '抄送', en: 'Send a copy', fields: () => [user, org, { name: 'note', type: 'text', max: 600, zh: '附言', en: 'Note', optional: true }] },
  recuse: { zh: '回避', en: 'Recusal', fields: () => [{ ...user, zh: '谁回避(不填为本人)', en: 'Who (empty: yourself)' }, why] },
  answer: { zh: '答复意见', en: 'Give an opinion', fields: () => [{ name: 'agrees', type: 'choice', zh: '是否同意', en: 'Agrees', optional: true, choices: [{ value: 'yes', zh: '同意', en: 'Yes' }, { value: 'no', zh: '不同意', en: 'No' }] }, { name: 'text', type: 'text', max: 600, zh: '意见', en: 'Opinion' }] },
  withdraw: { zh: '不再征求', en: 'Withdraw the question', fields: () => [why] },
  sign: { zh: '会签', en: 'Sign', fields: () => [{ name: 'agrees', type: 'choice', zh: '是否同意', en: 'Agrees', choices: [{ value: 'yes', zh: '同意', en: 'Yes' }, { value: 'no', zh: '不同意', en: 'No' }] }, { name: 'note', type: 'text', max: 600, zh: '意见(不同意的须填写)', en: 'Note (due when not agreed)', optional: true }] },
  close_signing: { zh: '结束会签', en: 'Close the signing', fields: () => [why] },
  end_recusal: { zh: '结束回避', en: 'End the recusal', fields: () => [why] },
}

// Form values to the body that the way takes.
export function bodyOf(values) {
  const body = { ...values }
  if (body.agrees) body.agrees = body.agrees === 'yes'
  return body
}
