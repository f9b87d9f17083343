"""How surnames are read where the dictionary's first reading is another: 曾 is zeng, not ceng."""

_COMPOUND = """
万俟 mo qi,尉迟 yu chi,长孙 zhang sun,单于 chan yu,鲜于 xian yu,令狐 ling hu,澹台 tan tai,皇甫 huang fu,
夏侯 xia hou,乐正 yue zheng,壤驷 rang si,谷梁 gu liang,宰父 zai fu,亓官 qi guan,拓跋 tuo ba,拓拔 tuo ba,独孤 du gu,
呼延 hu yan,赫连 he lian,慕容 mu rong,宇文 yu wen,轩辕 xuan yuan,申屠 shen tu,申徒 shen tu,淳于 chun yu,
太叔 tai shu,公冶 gong ye,公孙 gong sun,公羊 gong yang,公西 gong xi,公良 gong liang,公户 gong hu,仲孙 zhong sun,
钟离 zhong li,司徒 si tu,司空 si kong,司马 si ma,司寇 si kou,诸葛 zhu ge,上官 shang guan,欧阳 ou yang,欧陽 ou yang,
濮阳 pu yang,宗政 zong zheng,闻人 wen ren,端木 duan mu,漆雕 qi diao,夹谷 jia gu,段干 duan gan,巫马 wu ma,
东方 dong fang,东郭 dong guo,东门 dong men,南宫 nan gong,南门 nan men,西门 xi men,百里 bai li,羊舌 yang she,
微生 wei sheng,梁丘 liang qiu,左丘 zuo qiu,闾丘 lv qiu,第五 di wu,颛孙 zhuan sun,子车 zi ju,叔孙 shu sun,
哥舒 ge shu,耶律 ye lv,完颜 wan yan,纳兰 na lan,那拉 na la,叶赫 ye he,富察 fu cha,佟佳 tong jia,
爱新觉罗 ai xin jue luo,钮祜禄 niu hu lu,赫舍里 he she li,瓜尔佳 gua er jia,呼衍 hu yan,贺兰 he lan,仆固 pu gu,
屈突 qu tu,贺若 he ruo,斛律 hu lv,范姜 fan jiang,即墨 ji mo,达奚 da xi,褚师 chu shi,毌丘 guan qiu,贯丘 guan qiu,
夙沙 su sha,
"""

_SINGLE = """
曾 zeng,单 shan,單 shan,仇 qiu,解 xie,查 zha,区 ou,區 ou,朴 piao,盖 ge gai,蓋 ge gai,乐 yue le,樂 yue le,
缪 miao mou,繆 miao mou,覃 qin tan,洗 xian,翟 zhai di,都 du,会 gui,會 gui,隗 wei kui,召 shao,谌 chen shen,
諶 chen shen,秘 bi mi,薄 bo,繁 po,黑 he hei,重 chong,种 chong,适 kuo shi,句 gou,能 nai,佴 nai,六 lu,么 yao,粘 nian,
番 pan,折 she zhe,蔚 yu wei,员 yun,員 yun,贠 yun,祭 zhai,费 fei bi,費 fei bi,炅 gui,还 huan,還 huan,郇 xun huan,
角 jue jiao,雋 juan jun,阚 kan,乜 nie mie,牟 mou mu,卜 bu,藏 zang,澹 tan,賁 ben,校 xiao jiao,沓 ta,什 shi,
术 zhu shu,朮 zhu,率 shuai,柏 bai bo,莘 shen xin,宓 mi fu,郗 xi chi,隽 juan jun,郄 qie xi,勒 le lei,
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    entries = (entry.split() for entry in table.replace("\n", "").split(",") if entry.strip())
    return {surname: tuple(readings) for surname, *readings in entries}


COMPOUND = _read(_COMPOUND)
"""Surnames of several characters: one reading for each character."""

SINGLE = _read(_SINGLE)
"""Surnames of one character: the readings in use, the commonest first."""

LONGEST = max(map(len, COMPOUND))
