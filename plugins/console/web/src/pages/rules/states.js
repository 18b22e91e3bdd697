export const states = {
  open: ['待施行', 'open'], waiting: ['等待施行日', 'waiting for its day'], in_force: ['已施行', 'in force'], refused: ['到期未能施行', 'refused on its day'], cancelled: ['已撤销', 'cancelled'],
}
