/** “转换”视图。 */
import type { Words } from '../types.js';

export const stage: Words['stage'] = {
  region: '转换结果',
  again: '重新转换',
  compare: '对比方式',
  side: '并排',
  slider: '滑块',
  save: '保存…',
  copyLink: '复制链接',
  translating: '正在转换',
  stop: '停止转换',
  perStyle: (time) => `${time}/风格`,
  perImage: (time) => `${time}/图像`,
  first: '正在转换第一张图像',
  beforeOf: (name) => `${name}，转换前`,
  translated: '转换结果',
  before: '转换前',
  after: '转换后',
  divider: '转换前与转换后的分隔线',
  dividerAt: (percent) => `转换前占 ${percent}%`,
  noStyles: '此模型对每张图像只给出一个结果：它没有风格。',
};

export const intro: Words['intro'] = {
  region: '这是什么',
  text: '**一张图像，多种结果。**模型保留图像所表现的内容，改变它的外观。外观就是*风格*，可以随机抽取、用滑块设定，或取自另一张图像。',
  textWith: (count) => `**一张图像，多种结果。**模型保留图像所表现的内容，改变它的外观。外观就是*风格*：${count} 个数值，可以随机抽取、用滑块设定，或取自另一张图像。`,
  knows: (model, kind) => `当前的“${model}”模型认识${kind}：画几张试试。`,
  paper: '论文',
  close: '关闭此介绍',
};

export const style: Words['style'] = {
  title: '风格',
  map: '地图',
  mapTitle: '平面上的风格',
  reset: '重置',
  random: '随机',
  slider: (number) => `s${number}`,
  what: '它改变什么',
  nameOf: (slider) => `${slider} 的名称`,
  lock: (slider) => `锁定 ${slider}`,
  naming: '移动滑块，看它改变什么，再写下来。名称保留在此浏览器中。',
  locked: '抽取或重置风格时，锁定的数值保持不变。',
  name: '命名',
  nameThem: '命名滑块',
  named: '完成命名',
};

export const map: Words['map'] = {
  making: '正在生成地图…',
  place: '风格地图上的位置：可用方向键向四个方向移动',
  at: (across, up) => `横向 ${across}，纵向 ${up}`,
  ofExamples: '示例图像的风格差异最大的两个方向；一个圆点是一张示例图像。',
  ofRandom: (count) => `${count} 种随机风格差异最大的两个方向。`,
  drag: '拖动圆点，或使用方向键。',
};

export const example: Words['example'] = {
  title: '取自图像的风格',
  pick: '选择要提取风格的图像',
  drop: '拖放要提取风格的图像',
  list: '可提取风格的图像',
  choose: (kind) => `选择或拖放一张“${kind}”类图像：将采用它的风格。`,
};

export const variations: Words['variations'] = {
  title: '随机风格',
  done: (done, all) => `${done}/${all}`,
  stop: '停止生成网格',
  blank: '您画的内容会以十二种风格显示在这里。',
  list: '随机风格：选择一种以采用',
  style: (number) => `风格 ${number}`,
};

export const save: Words['save'] = {
  title: '保存图像',
  what: '保存内容',
  translation: '转换结果',
  both: '转换前和转换后',
  asMade: (width, height) => `${width} × ${height}，模型输出的尺寸`,
  enlarged: (width, height) => `${width} × ${height}，放大`,
  smooth: '放大会使图像变平滑，不会增加细节。需要更多细节时，请在“图像”中选择较大的尺寸，或选择以较大尺寸训练的模型。',
  png: '每个像素保持原样。',
  webp: '文件较小，略有损失。',
  jpeg: '文件较小，略有损失；到处都能打开。',
  copy: '复制图像',
  copied: '图像已复制到剪贴板。',
  notCopied: '此浏览器不允许页面将图像写入剪贴板：请改为保存文件。',
  cannotWrite: (format) => `此浏览器无法写入 ${format}：请选择 PNG。`,
};
