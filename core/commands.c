#include "commands.h"

#include "child.h"

const struct bf__verb bf__verbs[] = {
    {"serve", bf__cmd_serve, "[--config FILE] [--data DIR] [--scripts DIR] [--listen ADDR:PORT] [--clock TIME]",
     "运行服务 · run the server",
     "  --listen ADDR:PORT  监听地址 · where to listen (default 127.0.0.1:8080)\n"
     "  --clock TIME        虚拟时钟,从该时刻起,只由 clock 命令推进 · a virtual clock that starts there and is moved only by "
     "`banfa clock`\n"
     "  SIGTERM or SIGINT ends it cleanly.\n"},
    {"clock", bf__cmd_clock, "[TIME | +3d | +2w | +6m | +1y | +5h | +30min]",
     "推进或查看虚拟时钟 · move a virtual clock, or show it",
     "  途中到期的期限依次触发 · what falls due on the way fires, in order. Without an argument the clock is shown.\n"},
    {"rules", bf__cmd_rules,
     "check|test|prove|plan|apply|rollback|list|show|diff|candidate|candidates|approve|cancel [DIR | HASH] | reference | new "
     "COUNTY [DIR] | notice [NAME] [DIR] "
     "[OPTIONS]",
     "规则脚本 · the rules",
     "  check [DIR]     检查脚本 · reads and checks the scripts of DIR (default: the configured folder); needs no server and no "
     "data\n"
     "  test [DIR]      运行案例 · runs the law cases\n"
     "  prove [DIR]     验证红线 · lives the rules' cases in every way it finds and refuses rules that can cross a red line, "
     "with the\n"
     "                  shortest story; --county CODE, --seconds N (processor time), --states N for another bound\n"
     "  plan [DIR]      影响预览 · what DIR would change for every open case\n"
     "  apply [DIR]     生效 · puts DIR into force\n"
     "  candidate [DIR] 提交候选规则 · hands DIR in as a candidate; candidates: those handed in\n"
     "  approve HASH    由另一位管理员批准其计划 · a second person approves its plan, where the configuration asks for it\n"
     "  cancel HASH     撤销候选规则或其施行日期 · cancels a candidate, or the day set for it\n"
     "  rollback        退回上一版 · back to the rules before\n"
     "  list            历次规则 · every ruleset that was ever in force\n"
     "  show [HASH]     规则概要 · a ruleset's description (default: the one in force)\n"
     "  diff [DIR]      差异 · how DIR differs from what is in force\n"
     "  --coverage      test: 没有判例走到的行和分支 · lists the lines and branches that no law case takes\n"
     "  reference       词语总表 · every word that scripts are written in, as Markdown; --json as data\n"
     "  new COUNTY [DIR]  新建县区修改 · starts counties/COUNTY/ in DIR; COUNTY 辖区代码 · a six-digit code\n"
     "  notice [NAME] [DIR]  告知的话预览 · what a notice says (without NAME: which there are); --lang zh|en, --county CODE,\n"
     "                  --case ID: 对这一事项 · of a case of the running program\n"
     "  --template NAME  new: 模板 · a folder of DIR/templates, such as review, stricter, simple, blank (default)\n"
     "  --on DATE       apply: 于该日零时施行 · comes into force at the start of that day\n"
     "  --note TEXT     记入审计链的说明 · a remark for the audit trail\n"
     "  --stay          plan, apply: 在办事项在该环节办完之前留用原规则 · open cases stay on their rules until the stages they "
     "stand\n"
     "                  in are closed; --stay=approval,plan: only in these stages\n"
     "  --move          在办事项改用新规则(默认),以前留下的也改 · open cases move (the default), also those that stayed "
     "before\n"},
    {"simulate", bf__cmd_simulate, "CASE | FILE [--until DATE]", "推演 · what happens next, and when",
     "  CASE 事项编号 · the id of a case; FILE 事实文件 · a JSON file {\"kind\", \"facts\"}\n"
     "  --until DATE    推演到 · how far to look\n"},
    {"why", bf__cmd_why, "CASE [STAGE.DEADLINE]", "期限的由来 · how dates came about, day by day",
     "  CASE 事项编号 · the id of a case; STAGE.DEADLINE 只看一个期限 · one of its deadlines, such as those it lists\n"},
    {"import", bf__cmd_import, "cases|experts|contractors FILE [--apply]", "导入台账 · take in a ledger file",
     "  FILE 为 CSV,UTF-8 或 GB18030,\"-\" 为标准输入 · CSV, UTF-8 or GB18030, \"-\" for standard input\n"
     "  --apply         写入;不加则只试算 · write it; without this it is a dry run that tells what is wrong, row by row\n"},
    {"user", bf__cmd_user,
     "add ID --name NAME --org ORG [--clearance N] [--admin] | list | passwd ID | disable ID | enable ID | "
     "deputy ID --from DAY --to DAY [--deputy USER] [--why TEXT] | deputy ID --cancel DAY | vacant",
     "用户 · users",
     "  --name NAME           姓名 · the person's name\n"
     "  --org ORG             单位代号 · the organisation's id\n"
     "  --clearance N         涉密等级 0-3 · clearance\n"
     "  --admin               管理员 · administrator\n"
     "  deputy                代理:起止日期内由谁代办 · who acts in this person's place; --cancel DAY: the one that begins then\n"
     "  vacant                无人在岗的单位和待办 · posts with nobody there, and what waits for them\n"
     "  --password-file FILE  密码取自文件首行 · the password is the file's first line; without it, it is asked for, or read "
     "from standard input\n"},
    {"org", bf__cmd_org, "add ID --zh NAME --en NAME --jurisdiction CODE [--roles A,B] [--parent ORG] | list",
     "单位 · organisations",
     "  --zh, --en NAME       中英文名称 · its names\n"
     "  --jurisdiction CODE   辖区代码 · the six-digit code\n"
     "  --roles A,B,C         角色 · what it may act as\n"
     "  --parent ORG          上级单位 · the one above it\n"},
    {"backup", bf__cmd_backup, "FILE", "备份数据库 · a consistent copy of the database, also while the server runs",
     "  FILE must not exist yet. Documents are files under DATA/documents, named by their content: copy that folder after the "
     "backup.\n"},
    {"restore", bf__cmd_restore, "FILE [--force]", "从备份恢复 · put a backup in place",
     "  The server must be stopped. The copy is checked before it takes the database's place.\n"
     "  --force         已有数据时也恢复,原库改名保留 · also where there is data: the old database is kept under another name\n"},
    {"audit", bf__cmd_audit, "verify [FILE] | deadlines | export FILE | head", "审计链 · the chain of events",
     "  verify          核对整条链 · checks every link, and that what is stored is what the chain says\n"
     "  verify FILE     核对导出文件,不需要服务和数据 · checks an exported file by itself\n"
     "  deadlines       逐项重算时限并与所存核对 · counts every deadline again and compares it with what is stored\n"
     "  export FILE     导出 · writes the chain to FILE (\"-\": standard output)\n"
     "  head            链头 · the last link, to be kept elsewhere: a cut tail shows against it\n"},
    {"outbox", bf__cmd_outbox, "[list] | retry ID | again [CHANNEL]", "通知发送 · notices on their way out, by channel",
     "  list            各渠道待发、已发、搁置的数目,搁置的原因 · counts by channel, and why something was set aside\n"
     "  retry ID        重发一条 · tries one again now\n"
     "  again [CHANNEL] 重发搁置的 · sends again what was set aside, on one channel or on all\n"},
    {"doctor", bf__cmd_doctor, "[--test CHANNEL=ADDRESS,…]", "体检 · checks the installation and the data, and says what to do",
     "  --test CHANNEL=ADDRESS,…  逐个渠道发一条测试 · sends a test through each channel named, such as\n"
     "                            mail=me@example.org,wecom=group1; needs the server running\n"},
    {"version", bf__cmd_version, "", "版本 · versions of the program and its parts", ""},
    {"call", bf__cmd_call, "OPERATION [JSON]", "直接调用 · one operation as the operator, for scripts and tests",
     "  JSON is the parameters' object, \"-\" for standard input. Prints the answer's body; exit 0 when its status is below "
     "400.\n"},
    {BF__CHILD_COMMAND, bf__cmd_rules_worker, "", NULL, ""},
    {0},
};
