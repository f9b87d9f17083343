"""How sign-up says no. Each code is stable; each sentence says what to do next."""

from eventsvc.core.errors import Conflict, Invalid
from eventsvc.core.words import N_


class LinkClosed(Conflict):
    """There is no sign-up behind this link (any more)."""

    code = "link_closed"
    words = N_("这个报名链接现在没有开放；请向发链接给您的人或主办单位核对")
    status = 410


class ActivityCancelled(LinkClosed):
    """The activity will not take place."""

    code = "activity_cancelled"
    words = N_("“{title}”已经取消，不再接受报名；有疑问请打电话给主办单位")


class ActivityIsOver(LinkClosed):
    """The activity has taken place."""

    code = "activity_over"
    words = N_("“{title}”已经举办过了，不再接受报名；下次活动请留意通知")


class NotOpenYet(Conflict):
    """Sign-up begins later."""

    code = "not_open_yet"
    words = N_("报名还没有开始，{opens}开始；请到时再打开这个链接")


class SignUpOver(Conflict):
    """Sign-up has ended."""

    code = "sign_up_over"
    words = N_("报名已经截止；还想参加请打电话给主办单位，看有没有空位")


class SignUpPaused(Conflict):
    """The organiser holds sign-up for a while."""

    code = "sign_up_paused"
    words = N_("报名暂停了；请过一会儿再打开，或打电话给主办单位")


class ActivityFull(Conflict):
    """No place is left and nobody may wait."""

    code = "activity_full"
    words = N_("“{title}”名额已满（共{capacity}个）；请打电话给主办单位，有人退出时可以补上")


class PoolFull(Conflict):
    """There are places, but none of those that this party needs, or not as many."""

    code = "pool_full"
    words = N_("剩下的名额不够，或者您要的那一场（村、类别）已经满了；请另选，或打电话给主办单位，有人退出时可以补上")


class FormChanged(Conflict):
    """The organiser asks otherwise now than when this form was read."""

    code = "form_changed"
    words = N_("主办单位刚刚改过报名表；您填的内容还在，请看看新的问题再提交")


class TooLateToAsk(Conflict):
    """The activity is over or cancelled: nobody will be asked any more."""

    code = "too_late_to_ask"
    words = N_("活动已经举办或取消，报名表不能再改")


class AlreadySignedUp(Conflict):
    """Somebody of this party stands in the list already."""

    code = "already_signed_up"
    words = N_("这里面有人已经报过“{title}”了，不用再报；要查看或修改，请点“找回我的报名”")


class AnotherBody(Invalid):
    """The same form was sent before with other words in it."""

    code = "another_body"
    words = N_("这张表已经提交成功过一次，这次内容不一样；要修改请用回执里的专用链接，要再报一份请重新打开报名页")


class AlreadyWithdrawn(Conflict):
    """The party has gone."""

    code = "already_withdrawn"
    words = N_("这份报名已经取消了；还想参加请重新报名")


class TooLateToChange(Conflict):
    """The activity has begun, been held or been cancelled."""

    code = "too_late_to_change"
    words = N_("活动已经开始、结束或取消，不能再改；有事请打电话给主办单位")


class HasCome(Conflict):
    """Somebody of the party was checked in."""

    code = "has_come"
    words = N_("这份报名里已经有人签到，不能取消；如果签错了，请先撤销签到")


class OfferGone(Conflict):
    """The place that was kept for the party is not kept any more."""

    code = "offer_gone"
    words = N_("这个递补名额已经不在了：可能过了确认时间，或者已经放弃；还想参加请打电话给主办单位")


class PoolInUse(Conflict):
    """People have places in what is to be taken away."""

    code = "pool_in_use"
    words = N_("“{label}”里已经有人，不能去掉；请先把这些人调到别处，或者只把名额改小")


class PoolTwice(Invalid):
    """The same part of the places was named twice."""

    code = "pool_twice"
    words = N_("有两行名额是同一个场次（村、类别）；请合成一行")


class NoRoomThere(Conflict):
    """What a party wants instead of its place is full, or others wait for it."""

    code = "no_room_there"
    words = N_("想换的那一场（类别）已经满了，原来的名额还给您留着；请另选，或打电话给主办单位")


class NoPlaceForThem(Conflict):
    """Whoever comes instead needs a place of another pool, and there is none."""

    code = "no_place_for_them"
    words = N_("换来的这位要占另一类名额（如另一个性别的），那一类已经满了；请先腾出名额，或另报一份候补")


class NothingToConfirm(Conflict):
    """They signed up themselves."""

    code = "nothing_to_confirm"
    words = N_("这份报名是本人报的，不用再确认")


class NotToReview(Conflict):
    """The party does not wait for a decision (any more)."""

    code = "not_to_review"
    words = N_("这份报名不在待核实状态，可能别人刚刚处理过；请刷新看最新情况")


class SayWhy(Invalid):
    """A reason is wanted and none was given."""

    code = "say_why"
    words = N_("请写明理由，至少两个字；它会留在查阅记录里")


class AlreadyDrawn(Conflict):
    """The draw was held; nothing may make it look otherwise."""

    code = "already_drawn"
    words = N_("已经抽过签（排过序），结果已公布，不能再抽，也不能再改办法和分法；名额数还可以加减")


class DrawnOtherwise(Conflict):
    """People signed up under one way of admission; another would be unfair to them."""

    code = "drawn_otherwise"
    words = N_("已经有人按现在的办法报名，不能再换成（或换掉）抽签、按婚龄；要换请另办一场，或先和报名的人说好、取消后重报")


class TooEarlyToDraw(Conflict):
    """People may still sign up."""

    code = "too_early_to_draw"
    words = N_("报名还没有截止，截止以后才能抽签（排序）；要提前，请先在方案里把截止时间改早")


class NothingToDraw(Conflict):
    """Nobody entered, or there is no draw here (any more)."""

    code = "nothing_to_draw"
    words = N_("现在没有要抽签（排序）的报名")


class SlotTaken(Conflict):
    """The time that was to be given is full, or is not one of this activity."""

    code = "slot_taken"
    words = N_("这一批已经满了，或者刚被别人排了；请另选一批")


class NotAgreed(Conflict):
    """There is no such consent to take back (any more)."""

    code = "not_agreed"
    words = N_("这一项没有同意过，或者已经撤回了；请刷新看最新情况")


class NotToMerge(Conflict):
    """One of the two is gone, or they are one and the same."""

    code = "not_to_merge"
    words = N_("这两份报名里有一份已经取消，或者别人刚刚处理过；请刷新看最新情况")


class NotToUndo(Conflict):
    """The merge was undone before, or it is too late."""

    code = "not_to_undo"
    words = N_("这次合并已经撤销过，或者活动已经开始，或者对方的资料已经删除，不能再恢复")


class CannotInvite(Conflict):
    """Only ceremonies to come that honour couples invite them from the roll."""

    code = "cannot_invite"
    words = N_("只能邀请夫妇参加还没有举办的金婚庆典；请换一个活动")
