"""One character in two shapes: traditional and simplified, as far as names of people use them. For comparing only, never for showing."""

_SIMPLER = dict(zip(
    "陳張劉楊趙黃吳鄭孫馬許韓馮鄧蕭葉蘇呂盧蔣賈閻鍾鐘譚鄒陸賴龔萬錢湯嚴顧龍韋倫雙闕歐陽藍雲溫連紀祿國華蘭鳳麗榮貴強偉軍輝愛寶財長東發飛豐剛廣漢鴻懷歡"
    "會慧績濟堅見建劍嬌潔經靜鈞開鑽樂禮聯蓮烈靈鑾羅滿門夢銘寧農慶瓊權讓銳潤賽紹聖師實壽樹順碩泰騰鐵圖團維衛緯憲祥嚮協興勳訓亞儀億藝義議憶陰銀穎瑩營應"
    "優郵魚漁玉園圓緣遠運贊擇戰貞鎮鄭職誌眾莊卓資總誠馳沖初傳純賜從達丹導鄧敵調獨爾範芬鋒風婦岡綱閣個鞏觀歸軌閨過號賀紅後護環煥輯際繼價監講膠階節緊盡勁晉驚儷",
    "陈张刘杨赵黄吴郑孙马许韩冯邓萧叶苏吕卢蒋贾阎钟钟谭邹陆赖龚万钱汤严顾龙韦伦双阙欧阳蓝云温连纪禄国华兰凤丽荣贵强伟军辉爱宝财长东发飞丰刚广汉鸿怀欢"
    "会慧绩济坚见建剑娇洁经静钧开钻乐礼联莲烈灵銮罗满门梦铭宁农庆琼权让锐润赛绍圣师实寿树顺硕泰腾铁图团维卫纬宪祥向协兴勋训亚仪亿艺义议忆阴银颖莹营应"
    "优邮鱼渔玉园圆缘远运赞择战贞镇郑职志众庄卓资总诚驰冲初传纯赐从达丹导邓敌调独尔范芬锋风妇冈纲阁个巩观归轨闺过号贺红后护环焕辑际继价监讲胶阶节紧尽劲晋惊俪",
    strict=True,
))  # fmt: skip
_SIMPLER_TABLE = str.maketrans(_SIMPLER)
_SAME_CHARACTER = str.maketrans("珎峯喆陞昇犇", "珍峰哲升升奔")

NUMBER_SIGN = "号"
"""Behind the number of a house, where some write it and some do not."""


def simplified(text: str) -> str:
    """Give the simplified and usual shape of each character that names use in another: 陳國強 → 陈国强, 峯 → 峰."""
    return text.translate(_SIMPLER_TABLE).translate(_SAME_CHARACTER)
