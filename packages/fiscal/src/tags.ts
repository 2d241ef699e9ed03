/**
 * How a tag's value is written: `text` in code page 866 (padded with blanks on the right if a width is given),
 * `vln` and `fvln` numbers of variable length, `u32` little-endian, `byte`, `time` in seconds (local time counted
 * as if it were UTC), `sign` the six bytes of tag 1077, `bytes` as they are, `list` a list of tags again.
 */
export type TagType = 'text' | 'vln' | 'fvln' | 'u32' | 'byte' | 'time' | 'sign' | 'bytes' | 'list';

export interface TagRow {
  tag: number;
  /** The requisite's name in the JSON form of fiscal documents. */
  name: string;
  type: TagType;
  /** Characters of a text at most. */
  maxLength?: number;
  /** Width to which a text is padded with blanks. */
  padTo?: number;
}

type Row = readonly [tag: number, name: string, type: TagType, maxLength?: number, padTo?: number];

/** Requisites of FFD 1.0–1.1 (FNS order MMV-7-20/229@, annex 2), and of 2026 if the comment says so. */
const rows: readonly Row[] = [
  [1000, 'docName', 'text', 256],
  [1001, 'autoMode', 'byte'],
  [1002, 'offlineMode', 'byte'],
  [1005, 'operatorTransferAddress', 'text', 256],
  [1008, 'buyerAddress', 'text', 64],
  [1009, 'retailPlaceAddress', 'text', 256],
  [1012, 'dateTime', 'time'],
  [1013, 'kktNumber', 'text', 20],
  [1016, 'operatorTransferInn', 'text', 12, 12],
  [1017, 'ofdInn', 'text', 12, 12],
  [1018, 'userInn', 'text', 12, 12],
  [1020, 'totalSum', 'vln'],
  [1021, 'operator', 'text', 64],
  [1022, 'operatorAnswerCode', 'byte'],
  [1023, 'quantity', 'fvln'],
  [1026, 'operatorTransferName', 'text', 64],
  [1030, 'name', 'text', 128],
  [1031, 'cashTotalSum', 'vln'],
  [1034, 'markup', 'fvln'],
  [1035, 'markupSum', 'vln'],
  [1036, 'machineNumber', 'text', 20],
  [1037, 'kktRegId', 'text', 20, 20],
  [1038, 'shiftNumber', 'u32'],
  [1040, 'fiscalDocumentNumber', 'u32'],
  [1041, 'fiscalDriveNumber', 'text', 16],
  [1042, 'requestNumber', 'u32'],
  [1043, 'sum', 'vln'],
  [1044, 'paymentAgentOperation', 'text', 24],
  [1045, 'bankSubagentOperation', 'text', 24],
  [1046, 'ofdName', 'text', 256],
  [1048, 'user', 'text', 256],
  [1050, 'fiscalDriveExhaustionSign', 'byte'],
  [1051, 'fiscalDriveReplaceRequiredSign', 'byte'],
  [1052, 'fiscalDriveMemoryExceededSign', 'byte'],
  [1053, 'ofdResponseTimeoutSign', 'byte'],
  [1054, 'operationType', 'byte'],
  [1055, 'taxationType', 'byte'],
  [1056, 'encryptionSign', 'byte'],
  [1057, 'paymentAgentType', 'byte'],
  [1059, 'items', 'list'],
  [1060, 'fnsSite', 'text', 64],
  [1061, 'ofdSite', 'text', 64],
  [1062, 'taxationTypes', 'byte'],
  [1063, 'discount', 'fvln'],
  [1064, 'discountSum', 'vln'],
  [1068, 'messageToDrive', 'list'],
  [1073, 'paymentAgentPhone', 'text', 19],
  [1074, 'operatorToReceivePhone', 'text', 19],
  [1075, 'operatorPhoneToTransfer', 'text', 19],
  [1077, 'fiscalSign', 'sign'],
  [1078, 'operatorSign', 'bytes'],
  [1079, 'price', 'vln'],
  [1080, 'barcode', 'text', 16],
  [1081, 'ecashTotalSum', 'vln'],
  [1082, 'bankSubagentPhone', 'text', 19],
  [1083, 'paymentSubagentPhone', 'text', 19],
  [1084, 'properties', 'list'],
  [1085, 'key', 'text', 64],
  [1086, 'value', 'text', 256],
  [1097, 'notTransmittedDocumentsQuantity', 'u32'],
  [1098, 'notTransmittedDocumentsDateTime', 'time'],
  [1101, 'correctionReasonCode', 'byte'],
  [1102, 'nds18', 'vln'],
  [1103, 'nds10', 'vln'],
  [1104, 'nds0', 'vln'],
  [1105, 'ndsNo', 'vln'],
  [1106, 'ndsCalculated18', 'vln'],
  [1107, 'ndsCalculated10', 'vln'],
  [1108, 'internetSign', 'byte'],
  [1109, 'serviceSign', 'byte'],
  [1110, 'bsoSign', 'byte'],
  [1111, 'documentsQuantity', 'u32'],
  [1112, 'modifiers', 'list'],
  [1113, 'discountName', 'text', 64],
  [1114, 'markupName', 'text', 64],
  // 1115, 1119, 1120: totals of VAT by rate, for the rates that have no tag of their own (5, 7, 22 per cent; from
  // 2025). In FFD 1.0 tags 1115 and 1119 were texts (a site, a phone): see `formerlyText`.
  [1115, 'amountsReceiptNds', 'list'],
  [1116, 'notTransmittedDocumentNumber', 'u32'],
  [1117, 'senderAddress', 'text', 64],
  [1118, 'receiptsQuantity', 'u32'],
  [1119, 'amountsNds', 'list'],
  [1120, 'ndsSum', 'vln'],
  [1126, 'lotterySign', 'byte'],
  [1129, 'sellOper', 'list'],
  [1130, 'sellReturnOper', 'list'],
  [1131, 'buyOper', 'list'],
  [1132, 'buyReturnOper', 'list'],
  [1133, 'receiptCorrection', 'list'],
  [1134, 'receiptCount', 'u32'],
  [1135, 'receiptCount', 'u32'],
  [1136, 'cashSum', 'vln'],
  [1138, 'ecashSum', 'vln'],
  [1139, 'tax18Sum', 'vln'],
  [1140, 'tax10Sum', 'vln'],
  [1141, 'tax18118Sum', 'vln'],
  [1142, 'tax10110Sum', 'vln'],
  [1143, 'tax0Sum', 'vln'],
  [1144, 'receiptCorrectionCount', 'u32'],
  [1145, 'sellCorrection', 'list'],
  [1146, 'buyCorrection', 'list'],
  [1148, 'selfCorrectionCount', 'u32'],
  [1149, 'orderCorrectionCount', 'u32'],
  [1150, 'correctionSum', 'vln'],
  [1151, 'tax18CorrectionSum', 'vln'],
  [1152, 'tax10CorrectionSum', 'vln'],
  [1153, 'tax18118CorrectionSum', 'vln'],
  [1154, 'tax10110CorrectionSum', 'vln'],
  [1155, 'tax08CorrectionSum', 'vln'],
  [1157, 'fiscalDriveSumReports', 'list'],
  [1158, 'notTransmittedDocumentsSumReports', 'list'],
  [1162, 'productCode', 'bytes'],
  [1171, 'providerPhone', 'text', 19],
  [1173, 'correctionType', 'byte'],
  [1174, 'correctionBase', 'list'],
  [1177, 'correctionName', 'text', 256],
  [1178, 'correctionDocumentDate', 'time'],
  [1179, 'correctionDocumentNumber', 'text', 32],
  [1183, 'taxFreeSum', 'vln'],
  [1184, 'taxFreeCorrectionSum', 'vln'],
  [1187, 'retailPlace', 'text', 256],
  [1188, 'kktVersion', 'text', 8],
  [1189, 'documentKktVersion', 'byte'],
  [1190, 'documentFdVersion', 'byte'],
  [1191, 'propertiesString', 'text', 256],
  [1192, 'propertiesData', 'text', 16],
  [1193, 'gamblingSign', 'byte'],
  [1194, 'shiftSumReports', 'list'],
  [1197, 'unit', 'text', 16],
  [1198, 'unitNds', 'vln'],
  [1199, 'nds', 'byte'],
  [1200, 'ndsSum', 'vln'],
  [1201, 'totalSum', 'vln'],
  [1203, 'cashierInn', 'text', 12, 12],
  [1205, 'correctionKktReasonCode', 'u32'],
  [1206, 'operatorMessage', 'byte'],
  [1207, 'exciseDutyProductSign', 'byte'],
  [1209, 'fiscalDocumentFormatVer', 'byte'],
  [1210, 'kktModes', 'byte'],
  [1212, 'productType', 'byte'],
  [1213, 'fdKeyResource', 'u32'],
  [1214, 'paymentType', 'byte'],
  [1215, 'prepaidSum', 'vln'],
  [1216, 'creditSum', 'vln'],
  [1217, 'provisionSum', 'vln'],
  [1218, 'prepaidSum', 'vln'],
  [1219, 'creditSum', 'vln'],
  [1220, 'provisionSum', 'vln'],
  [1221, 'printInMachineSign', 'byte'],
  [1222, 'paymentAgentByProductType', 'byte'],
  [1223, 'paymentAgentData', 'list'],
  [1224, 'providerData', 'list'],
  [1225, 'providerName', 'text', 256],
  [1226, 'providerInn', 'text', 12, 12],
];

/** Tags that hold a list now and held a text in FFD 1.0: what is no list is read as a text. */
export const formerlyText: ReadonlySet<number> = new Set([1115, 1119]);

/** The code of each kind of document: the tag that encloses it. */
export const documentTags = {
  registration: 1,
  openShift: 2,
  receipt: 3,
  strictForm: 4,
  closeShift: 5,
  closeArchive: 6,
  confirmation: 7,
  registrationChange: 11,
  stateReport: 21,
  receiptCorrection: 31,
  strictFormCorrection: 41,
} as const;
export type DocumentName = keyof typeof documentTags;

const documentRows: readonly Row[] = Object.entries(documentTags).map(([name, tag]) => [tag, name, 'list']);

/** Every tag that is known, by number. */
export const tagTable: ReadonlyMap<number, TagRow> = new Map(
  [...documentRows, ...rows].map(([tag, name, type, maxLength, padTo]) => [
    tag,
    {
      tag,
      name,
      type,
      ...(maxLength === undefined ? {} : { maxLength }),
      ...(padTo === undefined ? {} : { padTo }),
    },
  ]),
);

/** The document's name by its code, or undefined if no document has it. */
export function documentName(code: number): DocumentName | undefined {
  const found = Object.entries(documentTags).find(([, tag]) => tag === code);
  return found?.[0] as DocumentName | undefined;
}
