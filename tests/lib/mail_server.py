"""A real mail server (Debian's exim) on loopback ports with TLS and login, unpacked below build/, never installed: an installed MTA stays as it is."""
import email
import email.policy
import glob
import os
import re
import shutil
import socket
import subprocess
import time

from banfa_test import ROOT, free_port

USER, PASSWORD = "banfa", "geheim-mail-密码"

CONFIG = r"""
primary_hostname = localhost
exim_path = @RUN@/exim
exim_user = Debian-exim
exim_group = Debian-exim
never_users =
deliver_drop_privilege = true
keep_environment =
spool_directory = @RUN@/spool
log_file_path = @RUN@/log/%slog
pid_file_path = @RUN@/pid
tls_advertise_hosts = *
tls_certificate = @RUN@/cert.pem
tls_privatekey = @RUN@/key.pem
auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
local_interfaces = 127.0.0.1
daemon_smtp_ports = @STARTTLS@ : @TLS@
tls_on_connect_ports = @TLS@
acl_smtp_rcpt = check
begin acl
check:
  deny message = no such user
       local_parts = nobody-here
  defer message = try again later
       local_parts = later
  accept authenticated = *
  deny message = relaying only after login
begin routers
all:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  maildir_format
  directory = @RUN@/mail/all
  create_directory
  envelope_to_add
  user = nobody
  group = nogroup
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{@USER@}}{eq{$auth3}{@PASSWORD@}}}}
  server_set_id = $auth2
"""


def fetch():
    """Fetches and unpacks the packages once; the folder they were unpacked in."""
    with open(os.path.join(ROOT, "config", "packages.sh"), encoding="utf-8") as f:
        packages = re.search(r'^MAIL_PACKAGES="([^"]+)"', f.read(), re.M).group(1).split()
    folder = os.path.join(ROOT, "build", "mail")
    root = os.path.join(folder, "root")
    if os.path.exists(os.path.join(folder, "complete")):
        return root
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(root)
    command = ["apt-get", "download", "-qq", *packages]
    if subprocess.run(command, cwd=folder, capture_output=True).returncode != 0:
        subprocess.run(["apt-get", "update", "-qq"], capture_output=True)  # the lists may be old or missing; needs root
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    for package in glob.glob(os.path.join(folder, "*.deb")):
        subprocess.run(["dpkg", "-x", package, root], check=True)
    os.chmod(os.path.join(root, "usr/sbin/exim4"), 0o755)  # set-user-id would make the loader ignore where its libraries are
    open(os.path.join(folder, "complete"), "w").close()
    return root


def certificate(folder, name="localhost"):
    """A self-signed certificate for NAME and 127.0.0.1: (certificate, key)."""
    cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    names = f"subjectAltName=DNS:{name}" + (",IP:127.0.0.1" if name == "localhost" else "")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "30", "-subj", f"/CN={name}",
                    "-addext", names], check=True, capture_output=True)
    os.chmod(key, 0o644)  # the server drops root before it reads it
    return cert, key


class MailServer:
    """`starttls` and `tls` are its ports, `ca` the certificate to trust."""

    def __init__(self, folder, name="localhost"):
        root, self.run = fetch(), os.path.join(folder, "exim")
        for part in ("spool", "mail", "log"):
            os.makedirs(os.path.join(self.run, part))
            os.chown(os.path.join(self.run, part), 65534, 65534)
        os.chmod(folder, 0o755)
        self.ca, _ = certificate(self.run, name)
        self.starttls, self.tls = free_port(), free_port()
        self.write("passwd", "root:x:0:0:root:/root:/bin/sh\n" + "".join(f"{n}:x:65534:65534::/tmp:/bin/false\n" for n in ("nobody", "Debian-exim", "mail")))
        self.write("group", "root:x:0:\n" + "".join(f"{n}:x:65534:\n" for n in ("nogroup", "Debian-exim", "mail")))
        library = ":".join(glob.glob(os.path.join(root, "usr/lib/*-linux-gnu")) + glob.glob(os.path.join(root, "lib/*-linux-gnu")))
        wrapper = glob.glob(os.path.join(root, "usr/lib/*-linux-gnu/libnss_wrapper.so"))[0]
        self.write("exim", f"#!/bin/sh\nexec env LD_LIBRARY_PATH={library} LD_PRELOAD={wrapper} NSS_WRAPPER_PASSWD={self.run}/passwd"
                           f" NSS_WRAPPER_GROUP={self.run}/group {root}/usr/sbin/exim4 \"$@\"\n", 0o755)
        values = {"RUN": self.run, "STARTTLS": self.starttls, "TLS": self.tls, "USER": USER, "PASSWORD": PASSWORD}
        self.write("exim.conf", re.sub("@([A-Z]+)@", lambda m: str(values[m[1]]), CONFIG))
        self.process = subprocess.Popen([os.path.join(self.run, "exim"), "-C", os.path.join(self.run, "exim.conf"), "-bdf", "-q1m"], stderr=subprocess.PIPE)
        self.wait()

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.run, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, mode)

    def wait(self):
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.tls)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("the mail server did not start: " + self.log())

    def log(self):
        return "".join(open(f, encoding="utf-8", errors="replace").read() for f in glob.glob(os.path.join(self.run, "log", "*")))

    def mails(self, user, count=1, seconds=20):
        """The mails for USER (the part before the @) once COUNT are there, oldest first, parsed."""
        until = time.monotonic() + seconds
        while True:
            found = []
            for path in sorted(glob.glob(os.path.join(self.run, "mail", "all", "new", "*")), key=os.path.getmtime):
                with open(path, "rb") as f:
                    mail = email.message_from_binary_file(f, policy=email.policy.default)
                if mail["Envelope-To"].startswith(user + "@"):
                    found.append(mail)
            if len(found) >= count or time.monotonic() > until:
                return found
            time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
